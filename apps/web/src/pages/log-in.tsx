import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { PlainPage } from '../components/plain-page.tsx'
import { LogInForm } from '../forms/log-in.tsx'
import { paths } from '../paths.ts'
import { enter } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.account

export function LogInPage() {
  const { next } = useSearch({ from: '/login' })
  const navigate = useNavigate()
  return (
    <PlainPage title={t.logInTitle}>
      <LogInForm
        onDone={session => {
          enter(session, { tellOtherTabs: true })
          void (next ? navigate({ href: next, replace: true }) : navigate({ ...paths.home(), replace: true }))
        }}
      />
      <p className="plain-foot">
        <Link {...paths.reset()}>{t.forgot}</Link>
      </p>
      <p className="plain-foot">
        {t.noAccount} <Link {...paths.signUp(next)}>{t.signUp}</Link>
      </p>
    </PlainPage>
  )
}
