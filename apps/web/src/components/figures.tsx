import { Skeleton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { Summary } from '../api.ts'
import { formatDuration } from '../duration.ts'
import type { Range } from '../search.ts'
import { texts } from '../texts.ts'

type FigureSource = Pick<Summary, 'spins' | 'totalDurationMs' | 'averageDurationMs' | 'longestDurationMs'>

/** Average, total, longest and count, each with the change against the period before where there is one. */
export function Figures({
  now,
  before,
  range,
}: {
  now: FigureSource | undefined
  before?: FigureSource | null | undefined
  range?: Range
}) {
  return (
    <dl className="figures-row surface" aria-label={texts.figures.label}>
      {figures.map(({ label, value, write }) => (
        <div key={label} className="figure">
          <dt>{label}</dt>
          {now ? (
            <dd className="figure-value figures">{write(value(now))}</dd>
          ) : (
            <Skeleton component="dd" height={34} width={90} m={0} />
          )}
          {now && before && range && (
            <dd className="figure-change" title={texts.range.before[range]}>
              {change(value(now), value(before))}
              <span className="sr-only"> {texts.range.before[range]}</span>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

const duration = (ms: number | null) => (ms === null || ms === 0 ? texts.figures.none : formatDuration(ms))
const count = (amount: number | null) => new Intl.NumberFormat().format(amount ?? 0)

const figures: {
  label: string
  value: (from: FigureSource) => number | null
  write: (value: number | null) => string
}[] = [
  { label: texts.figures.average, value: from => from.averageDurationMs, write: duration },
  { label: texts.figures.total, value: from => from.totalDurationMs, write: duration },
  { label: texts.figures.longest, value: from => from.longestDurationMs, write: duration },
  { label: texts.figures.count, value: from => from.spins, write: count },
]

function change(now: number | null, before: number | null) {
  if (!before) return now ? texts.figures.noneBefore : texts.figures.same
  const by = ((now ?? 0) - before) / before
  const percent = new Intl.NumberFormat(undefined, {
    style: 'percent',
    maximumFractionDigits: Math.abs(by) < 0.1 ? 1 : 0,
  }).format(Math.abs(by))
  if (Math.abs(by) < 0.0005) return texts.figures.same
  const Arrow = by > 0 ? IconArrowUp : IconArrowDown
  return (
    <>
      <Arrow size={13} stroke={2.5} className="arrow" aria-hidden="true" />
      {by > 0 ? texts.figures.more(percent) : texts.figures.less(percent)}
    </>
  )
}
