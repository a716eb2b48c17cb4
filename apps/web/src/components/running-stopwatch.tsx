import { UnstyledButton } from '@mantine/core'
import { IconPlayerStopFilled } from '@tabler/icons-react'
import { stopwatchFace } from '../duration.ts'
import { saveTimed } from '../spins.ts'
import { stopStopwatch, useElapsed, useStopwatch } from '../stopwatch.ts'
import { texts } from '../texts.ts'

/** The running stopwatch in the header, so that it can be seen and stopped from every page. */
export function RunningStopwatch() {
  const running = useStopwatch()
  const elapsed = useElapsed(running?.startedAt ?? null)
  if (!running) return null
  const stop = () => {
    const timed = stopStopwatch()
    if (timed) void saveTimed(timed)
  }
  return (
    <UnstyledButton className="running" onClick={stop} aria-label={texts.spin.stopName(running.spinner.name)}>
      <IconPlayerStopFilled size={14} aria-hidden="true" />
      <span className="running-name">{running.spinner.name}</span>
      <span className="figures">{stopwatchFace(elapsed)}</span>
    </UnstyledButton>
  )
}
