import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { PlainPage } from '../components/plain-page.tsx'
import { SignUpForm } from '../forms/sign-up.tsx'
import { paths } from '../paths.ts'
import { enter } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.account

export function SignUpPage() {
  const { next } = useSearch({ from: '/signup' })
  const navigate = useNavigate()
  return (
    <PlainPage title={t.signUpTitle} lead={t.signUpLead}>
      <SignUpForm
        onDone={session => {
          enter(session, { tellOtherTabs: true })
          void (next ? navigate({ href: next }) : navigate(paths.newCompany()))
        }}
      />
      <p className="plain-foot">
        {t.haveAccount} <Link {...paths.logIn(next)}>{t.logIn}</Link>
      </p>
    </PlainPage>
  )
}
