import { accountTexts as t } from '../account-texts.ts'
import { CodeForm } from '../forms/code.tsx'
import { PlainPage } from './plain-page.tsx'

/** A mail is on its way: its link leads on elsewhere, its code here. */
export function CheckMail({ email, onDone }: { email: string; onDone: () => void }) {
  return (
    <PlainPage title={t.codeTitle} lead={t.codeLead(email)}>
      <CodeForm email={email} onDone={onDone} />
      <p className="plain-foot">{t.noMail}</p>
    </PlainPage>
  )
}
