import { Button, Skeleton } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { NewInvitation } from '../api.ts'
import { Invitations } from '../components/invitations.tsx'
import { MemberTable } from '../components/member-table.tsx'
import { Page } from '../components/page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { InvitationForm, NewLinkShown } from '../drawers.tsx'
import { refreshInvitations } from '../invitations.ts'
import { memberTexts as t } from '../member-texts.ts'
import { notifySaved } from '../notices.tsx'
import { membersQuery } from '../queries.ts'
import { useCompany } from '../session.ts'

/** Who belongs to the company, and who is invited. */
export function MembersPage() {
  const company = useCompany()
  const { data, error, refetch } = useQuery(membersQuery(company))
  const [open, setOpen] = useState<'form' | { link: string } | null>(null)
  const close = () => setOpen(null)
  const members = data?.filter(({ active }) => active)
  const mayInvite = allows(company.role, 'invitations.write')
  const show = ({ email, link }: NewInvitation) => {
    if (email) notifySaved(t.sent(email))
    setOpen(link ? { link } : null)
    void refreshInvitations(company)
  }
  return (
    <Page
      title={t.title}
      company={company.name}
      facts={members && t.count(members.length)}
      actions={
        mayInvite && (
          <Button leftSection={<IconUserPlus size={18} />} onClick={() => setOpen('form')}>
            {t.invite}
          </Button>
        )
      }
    >
      <ProblemAlert error={error} retry={refetch} />
      {!members && !error && <Skeleton height={200} />}
      {members && (
        <div className="surface">
          <MemberTable members={members} />
        </div>
      )}
      {mayInvite && <Invitations onLink={show} />}
      {open === 'form' && <InvitationForm onClose={close} onMade={show} />}
      {open && open !== 'form' && <NewLinkShown link={open.link} onClose={close} />}
    </Page>
  )
}
