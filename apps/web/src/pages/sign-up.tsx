import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Session } from '../api.ts'
import { PlainPage } from '../components/plain-page.tsx'
import { CheckMail } from '../drawers.tsx'
import { type SignedUp, SignUpForm } from '../forms/sign-up.tsx'
import { inviteQuery, inviteTokenOf } from '../invitations.ts'
import { paths } from '../paths.ts'
import { enter } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.account

export function SignUpPage() {
  const { next } = useSearch({ from: '/signup' })
  const navigate = useNavigate()
  const [unconfirmed, setUnconfirmed] = useState<SignedUp | null>(null)
  const token = inviteTokenOf(next)
  const { data: invite, isLoading } = useQuery({ ...inviteQuery(token ?? ''), enabled: token !== undefined })
  const goOn = (session: Session) => {
    enter(session, { tellOtherTabs: true })
    void (next ? navigate({ href: next }) : navigate(paths.newCompany()))
  }
  if (unconfirmed) {
    return <CheckMail email={unconfirmed.email} onDone={() => api.logIn(unconfirmed).then(goOn)} />
  }
  return (
    <PlainPage
      title={t.signUpTitle}
      lead={invite ? t.signUpInvited(invite.inviter.name, invite.company.name) : t.signUpLead}
    >
      {!isLoading && (
        <SignUpForm
          {...(invite?.email && token && { invited: { email: invite.email, token } })}
          onDone={(session, typed) => (session ? goOn(session) : setUnconfirmed(typed))}
        />
      )}
      <p className="plain-foot">
        {t.haveAccount} <Link {...paths.logIn(next)}>{t.logIn}</Link>
      </p>
    </PlainPage>
  )
}
