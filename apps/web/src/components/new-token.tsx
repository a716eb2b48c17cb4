import { useState } from 'react'
import type { NewToken } from '../api.ts'
import { type Language, snippets } from '../snippets.ts'
import { tokenTexts as t } from '../token-texts.ts'
import { Copyable } from './copyable.tsx'
import { Segments } from './segments.tsx'
import { ShownOnce } from './shown-once.tsx'

const languages = (['curl', 'typescript'] as const).map(value => ({ value, label: t.languages[value] }))

/** A token, and how to use it. */
export function NewTokenShown({ made, onClose }: { made: NewToken; onClose: () => void }) {
  const [language, setLanguage] = useState<Language>('curl')
  return (
    <ShownOnce title={t.madeTitle} lead={t.once} label={t.token} text={made.token} done={t.done} onClose={onClose}>
      <div className="try-it">
        <h3>{t.tryIt}</h3>
        <Segments label={t.tryIt} value={language} options={languages} onChange={setLanguage} />
      </div>
      <Copyable label={t.languages[language]} text={snippets[language](window.location.origin, made)} />
    </ShownOnce>
  )
}
