import { Button } from '@mantine/core'
import { useState } from 'react'
import type { CompanySummary } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { CopyForm } from '../drawers.tsx'
import type { SpinnerChoice } from '../spinner-choice.ts'

const t = companyTexts.copy

/** What can be done with the spinners chosen. */
export function ChosenBar({ choice, targets }: { choice: SpinnerChoice; targets: CompanySummary[] }) {
  const [copying, setCopying] = useState(false)
  return (
    <section className="chosen-bar surface" aria-label={t.bar}>
      <span className="figures" role="status">
        {t.chosen(choice.chosen.length)}
      </span>
      <Button size="compact-sm" onClick={() => setCopying(true)}>
        {t.open}
      </Button>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={choice.clear}>
        {t.clear}
      </Button>
      {copying && (
        <CopyForm
          spinners={choice.chosen}
          targets={targets}
          onLeaveOut={choice.remove}
          onDone={choice.clear}
          onClose={() => setCopying(false)}
        />
      )}
    </section>
  )
}
