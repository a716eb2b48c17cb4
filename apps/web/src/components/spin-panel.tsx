import { Button } from '@mantine/core'
import { IconPencilPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { SpinForm } from '../drawers.tsx'
import { chooseSpinner, chosenSpinner } from '../last-spinner.ts'
import { allSpinnersQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import { saveTimed } from '../spins.ts'
import { startStopwatch, stopStopwatch, useStopwatch } from '../stopwatch.ts'
import { texts } from '../texts.ts'
import { Dial } from './dial.tsx'
import { SpinnerSelect } from './spinner-select.tsx'

/** The main job: choose a spinner, press, let it run, press. Saved. */
export function SpinPanel() {
  const company = useCompany()
  const running = useStopwatch()
  const dial = useId()
  const { data: spinners = [] } = useQuery(allSpinnersQuery(company))
  const active = spinners.filter(({ status }) => status === 'active')
  const [wanted, setWanted] = useState(() => chosenSpinner(company.id))
  const [byHand, setByHand] = useState(false)

  const here = running?.company.id === company.id ? running : null
  const elsewhere = running && !here
  const spinner = active.find(({ id }) => id === (here?.spinner.id ?? wanted)) ?? active[0]

  const choose = (id: string) => {
    setWanted(id)
    chooseSpinner(company.id, id)
    // The next thing is the space bar, which inside the search would only type a space.
    document.getElementById(dial)?.focus()
  }
  const start = () => {
    if (!spinner) return
    chooseSpinner(company.id, spinner.id)
    startStopwatch(company, spinner)
  }
  const stop = () => {
    const timed = stopStopwatch()
    if (timed) void saveTimed(timed)
  }
  const name = here?.spinner.name ?? spinner?.name ?? ''

  return (
    <section className="surface spin-panel" aria-label={texts.spin.panel}>
      <SpinnerSelect
        only="active"
        className="spin-panel-choice"
        label={texts.spin.spinner}
        value={here?.spinner.id ?? spinner?.id ?? null}
        onChange={id => id && choose(id)}
        readOnly={running !== null}
        allowDeselect={false}
      />
      <Dial
        id={dial}
        startedAt={here?.startedAt ?? null}
        label={here ? texts.spin.stopName(name) : texts.spin.startName(name)}
        colour={spinner?.colour}
        disabled={!spinner || Boolean(elsewhere)}
        spaceBar={!byHand}
        onStart={start}
        onStop={stop}
      />
      <p className="hint">
        {elsewhere ? texts.spin.elsewhere(running.company.name) : here ? texts.spin.running(name) : <Hint />}
      </p>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPencilPlus size={16} />}
        onClick={() => setByHand(true)}
      >
        {texts.spin.manual}
      </Button>
      {byHand && <SpinForm spinnerId={spinner?.id} onClose={() => setByHand(false)} />}
    </section>
  )
}

function Hint() {
  return (
    <>
      <span className="with-keys">{texts.spin.hint}</span>
      <span className="with-touch">{texts.spin.hintTouch}</span>
    </>
  )
}
