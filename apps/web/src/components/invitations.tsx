import { ActionIcon, Button, Skeleton } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Invitation, type NewInvitation } from '../api.ts'
import { formatDate } from '../dates.ts'
import { Confirm } from '../drawers.tsx'
import { invitationsQuery, refreshInvitations } from '../invitations.ts'
import { memberTexts as t } from '../member-texts.ts'
import { notifyProblem, notifySaved } from '../notices.tsx'
import { membersQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { ProblemAlert } from './problem.tsx'

type Props = { onLink: (made: NewInvitation) => void }

/** The open invitations of the company; nothing at all while there are none. */
export function Invitations({ onLink }: Props) {
  const company = useCompany()
  const { data: rows, error, refetch } = useQuery(invitationsQuery(company))
  const [withdrawing, setWithdrawing] = useState<Invitation | null>(null)
  if (rows?.length === 0) return null
  const withdraw = async ({ id }: Invitation) => {
    await api.deleteInvitation(company.slug, id)
    notifySaved(t.withdrawn)
    await refreshInvitations(company)
  }
  return (
    <section className="surface section setting invitations" aria-labelledby="invitations-title">
      <h2 id="invitations-title">{t.invitations}</h2>
      <ProblemAlert error={error} retry={refetch} />
      {!rows && !error && <Skeleton height={48} />}
      <ul className="setting-rows">
        {rows?.map(row => (
          <Row key={row.id} row={row} onLink={onLink} onWithdraw={() => setWithdrawing(row)} />
        ))}
      </ul>
      {withdrawing && (
        <Confirm
          title={t.withdrawTitle}
          text={t.withdrawText}
          action={t.withdrawAction}
          run={() => withdraw(withdrawing)}
          onClose={() => setWithdrawing(null)}
        />
      )}
    </section>
  )
}

function Row({ row, onLink, onWithdraw }: Props & { row: Invitation; onWithdraw: () => void }) {
  const company = useCompany()
  const { data: members } = useQuery(membersQuery(company))
  const inviter = members?.find(({ id }) => id === row.memberId)?.name ?? t.formerMember
  const what = row.email ?? t.byLink
  const renewing = useMutation({
    mutationFn: () => api.renewInvitation(company.slug, row.id),
    onSuccess: made => {
      if (made.link) onLink(made)
      else notifySaved(t.sent(what))
      return refreshInvitations(company)
    },
    onError: error => notifyProblem(error),
  })
  return (
    <li>
      <span className="setting-row">
        <strong>{what}</strong>
        <small>
          {t.invitationFacts(texts.roles[row.role], inviter, t.states[row.state](formatDate(row.expiresAt)))}
        </small>
      </span>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={row.email ? t.againFor(row.email) : t.newLinkFor}
        loading={renewing.isPending}
        onClick={() => renewing.mutate()}
      >
        {row.email ? t.again.email : t.again.link}
      </Button>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.withdraw(what)} onClick={onWithdraw}>
        <IconTrash size={18} />
      </ActionIcon>
    </li>
  )
}
