import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import type { Spin } from '../api.ts'
import { formatTime } from '../dates.ts'
import { formatDuration } from '../duration.ts'
import { texts } from '../texts.ts'

type Props = { spin: Spin; onEdit: (spin: Spin) => void; onDelete: (spin: Spin) => void }

/** What one may do with a spin of a list. */
export function SpinMenu({ spin, onEdit, onDelete }: Props) {
  const name = `${formatDuration(spin.durationMs)}, ${formatTime(spin.startedAt)}`
  return (
    <Menu position="bottom-end" shadow="lg">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={texts.actionsFor(name)}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onEdit(spin)}>
          {texts.edit}
        </Menu.Item>
        <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => onDelete(spin)}>
          {texts.delete}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
