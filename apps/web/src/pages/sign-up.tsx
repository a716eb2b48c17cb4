import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { PlainPage } from '../components/plain-page.tsx'
import { SignUpForm } from '../forms/sign-up.tsx'
import { inviteQuery, inviteTokenOf } from '../invitations.ts'
import { paths } from '../paths.ts'
import { enter } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.account

export function SignUpPage() {
  const { next } = useSearch({ from: '/signup' })
  const navigate = useNavigate()
  const token = inviteTokenOf(next)
  const { data: invite, isLoading } = useQuery({ ...inviteQuery(token ?? ''), enabled: token !== undefined })
  return (
    <PlainPage
      title={t.signUpTitle}
      lead={invite ? t.signUpInvited(invite.inviter.name, invite.company.name) : t.signUpLead}
    >
      {!isLoading && (
        <SignUpForm
          {...(invite?.email && { email: invite.email })}
          onDone={session => {
            enter(session, { tellOtherTabs: true })
            void (next ? navigate({ href: next }) : navigate(paths.newCompany()))
          }}
        />
      )}
      <p className="plain-foot">
        {t.haveAccount} <Link {...paths.logIn(next)}>{t.logIn}</Link>
      </p>
    </PlainPage>
  )
}
