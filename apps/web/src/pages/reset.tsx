import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { accountTexts as t } from '../account-texts.ts'
import { PlainPage } from '../components/plain-page.tsx'
import { ResetForm } from '../forms/reset.tsx'
import { paths } from '../paths.ts'
import { texts } from '../texts.ts'

export function ResetPage() {
  const [sentTo, setSentTo] = useState<string | null>(null)
  if (sentTo) {
    return (
      <PlainPage title={t.sentTitle} lead={t.sent(sentTo)}>
        <p className="hint">{t.noMail}</p>
      </PlainPage>
    )
  }
  return (
    <PlainPage title={t.resetTitle} lead={t.resetLead}>
      <ResetForm onDone={setSentTo} />
      <p className="plain-foot">
        <Link {...paths.logIn()}>{texts.account.logIn}</Link>
      </p>
    </PlainPage>
  )
}
