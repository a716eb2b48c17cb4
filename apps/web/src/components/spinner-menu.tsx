import { ActionIcon, Menu } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { IconArchive, IconArchiveOff, IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { api, type Spinner } from '../api.ts'
import { Confirm, SpinnerForm } from '../drawers.tsx'
import { notifyProblem, notifySaved } from '../notices.tsx'
import { refresh } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.spinners

type Props = { spinner: Spinner; spins: number | undefined; onDeleted?: () => void }

/** What one may do with a spinner: edit it, retire it or bring it back, and delete it while it has no spins. */
export function SpinnerMenu({ spinner, spins, onDeleted }: Props) {
  const company = useCompany()
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null)
  if (!allows(company.role, 'spinners.write')) return null

  const retired = spinner.status === 'retired'
  const changeStatus = async () => {
    try {
      await api.updateSpinner(company.slug, spinner, { status: retired ? 'active' : 'retired' })
      notifySaved(retired ? t.reactivated(spinner.name) : t.retired(spinner.name))
    } catch (error) {
      notifyProblem(error)
    }
    await refresh(company, 'spinners', 'statistics')
  }
  const remove = async () => {
    await api.deleteSpinner(company.slug, spinner.id)
    notifySaved(t.deleted(spinner.name))
    onDeleted?.()
    await refresh(company, 'spinners', 'statistics')
  }
  return (
    <>
      <Menu position="bottom-end" shadow="lg">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={texts.actionsFor(spinner.name)}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setOpen('edit')}>
            {texts.edit}
          </Menu.Item>
          <Menu.Item
            leftSection={retired ? <IconArchiveOff size={16} /> : <IconArchive size={16} />}
            onClick={changeStatus}
          >
            {retired ? t.reactivate : t.retire}
          </Menu.Item>
          {!spins && (
            <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => setOpen('delete')}>
              {texts.delete}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'edit' && <SpinnerForm spinner={spinner} onClose={() => setOpen(null)} />}
      {open === 'delete' && (
        <Confirm
          title={t.deleteTitle(spinner.name)}
          text={t.deleteText}
          action={texts.delete}
          run={remove}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  )
}
