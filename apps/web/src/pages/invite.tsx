import { Button, Skeleton } from '@mantine/core'
import { ApiProblem } from '@spintrack/client/problem'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useRouter } from '@tanstack/react-router'
import type { Invite } from '../api.ts'
import { DecideInvite } from '../components/decide-invite.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { formatDate } from '../dates.ts'
import { inviteQuery, isForAnother } from '../invitations.ts'
import { memberTexts as t } from '../member-texts.ts'
import { notifyProblem } from '../notices.tsx'
import { paths } from '../paths.ts'
import { logOut, sessionQuery } from '../session.ts'
import { texts } from '../texts.ts'

/** What the link of an invitation leads to, with or without an account. */
export function InvitePage() {
  const { token } = useParams({ from: '/invite/$token' })
  const { data: invite, error, refetch } = useQuery(inviteQuery(token))
  if (error instanceof ApiProblem && error.code === 'token_invalid') {
    return (
      <PlainPage title={t.invalidTitle} lead={t.invalid}>
        <p>
          <Link {...paths.companies()}>{t.toCompanies}</Link>
        </p>
      </PlainPage>
    )
  }
  if (!invite) {
    return (
      <PlainPage title={error ? texts.problem.failureTitle : texts.loading}>
        {error ? <ProblemAlert error={error} retry={refetch} /> : <Skeleton height={120} />}
      </PlainPage>
    )
  }
  return (
    <PlainPage
      title={t.joinTitle(invite.company.name)}
      lead={`${t.joinLead(invite.inviter.name, texts.roles[invite.role])} ${t.until(formatDate(invite.expiresAt))}`}
    >
      <WhatToDo token={token} invite={invite} />
    </PlainPage>
  )
}

function WhatToDo({ token, invite }: { token: string; invite: Invite }) {
  const { data: session, isPending } = useQuery(sessionQuery)
  const router = useRouter()
  if (isPending) return <Skeleton height={36} />
  const here = router.buildLocation(paths.invite(token)).href
  if (!session) {
    return (
      <>
        <Button renderRoot={props => <Link {...props} {...paths.signUp(here)} />}>{t.noAccount}</Button>
        <Button variant="default" renderRoot={props => <Link {...props} {...paths.logIn(here)} />}>
          {t.haveAccount}
        </Button>
      </>
    )
  }
  if (isForAnother(invite, session.user)) {
    return (
      <>
        <p>{t.forAnother(String(invite.email), session.user.email)}</p>
        <Button variant="default" onClick={() => logOut(router).catch(notifyProblem)}>
          {t.logOut}
        </Button>
      </>
    )
  }
  return <DecideInvite token={token} company={invite.company.name} />
}
