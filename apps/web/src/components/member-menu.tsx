import { ActionIcon, Menu } from '@mantine/core'
import { allows, grantableBy } from '@spintrack/contract/permissions'
import { IconCrown, IconDoorExit, IconDots, IconUserMinus } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Member } from '../api.ts'
import { Confirm } from '../drawers.tsx'
import { refreshMembers } from '../invitations.ts'
import { memberTexts as t } from '../member-texts.ts'
import { notifySaved } from '../notices.tsx'
import { paths } from '../paths.ts'
import { refreshSession, useCompany } from '../session.ts'
import { texts } from '../texts.ts'

type Action = 'remove' | 'leave' | 'transfer'

/** What one may do about a member: pass ownership on to them, remove them; about oneself: leave. */
export function MemberMenu({ member: { id, name, role }, isMine }: { member: Member; isMine: boolean }) {
  const company = useCompany()
  const router = useRouter()
  const [asking, setAsking] = useState<Action | null>(null)
  const mayRemove = !isMine && role !== null && grantableBy(company.role).includes(role)
  const mayTransfer = !isMine && allows(company.role, 'owners.write')
  if (!isMine && !mayRemove && !mayTransfer) return null

  const run: Record<Action, () => Promise<void>> = {
    remove: async () => {
      await api.removeMember(company.slug, id)
      notifySaved(t.removed(name))
      await refreshMembers(company)
    },
    transfer: async () => {
      await api.transferOwnership(company.slug, { memberId: id })
      notifySaved(t.transferred(name, company.name))
      await Promise.all([refreshMembers(company), refreshSession()])
    },
    leave: async () => {
      await api.leave(company.slug)
      notifySaved(t.left(company.name))
      await router.navigate(paths.companies())
      await refreshSession()
    },
  }
  const words: Record<Action, { title: string; text: string; action: string }> = {
    remove: { title: t.removeTitle(name), text: t.removeText(name, company.name), action: t.removeAction },
    transfer: { title: t.transferTitle(name), text: t.transferText(company.name), action: t.transferAction },
    leave: { title: t.leaveTitle(company.name), text: t.leaveText, action: t.leaveAction },
  }
  return (
    <>
      <Menu position="bottom-end" shadow="lg">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={texts.actionsFor(name)}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayTransfer && (
            <Menu.Item leftSection={<IconCrown size={16} />} onClick={() => setAsking('transfer')}>
              {t.transfer}
            </Menu.Item>
          )}
          {mayRemove && (
            <Menu.Item leftSection={<IconUserMinus size={16} />} onClick={() => setAsking('remove')}>
              {t.remove}
            </Menu.Item>
          )}
          {isMine && (
            <Menu.Item leftSection={<IconDoorExit size={16} />} onClick={() => setAsking('leave')}>
              {t.leave}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {asking && <Confirm {...words[asking]} run={run[asking]} onClose={() => setAsking(null)} />}
    </>
  )
}
