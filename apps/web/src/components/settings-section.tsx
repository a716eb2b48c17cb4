import type { ReactNode } from 'react'
import { companyTexts } from '../company-texts.ts'
import type { SettingsSection } from '../paths.ts'

type Props = { id: SettingsSection; hint?: string; action?: ReactNode; children: ReactNode }

/** One part of the settings, where its address leads. */
export function Section({ id, hint, action, children }: Props) {
  return (
    <section className="surface section setting" id={id} aria-labelledby={`${id}-title`}>
      <div className="setting-head">
        <div>
          <h2 id={`${id}-title`}>{companyTexts.settings.sections[id]}</h2>
          {hint && <p className="hint">{hint}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  )
}
