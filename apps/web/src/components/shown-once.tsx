import { Button, Group, Modal, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Copyable } from './copyable.tsx'

type Props = {
  title: string
  /** What it is good for, and that it is not shown again. */
  lead: ReactNode
  /** What is shown, and what it is called. */
  label: string
  text: string
  done: string
  onClose: () => void
  /** How to use it. */
  children?: ReactNode
}

/** Something secret, the one time it can be seen. Closes only on purpose. */
export function ShownOnce({ title, lead, label, text, done, onClose, children }: Props) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={600}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <p className="lead">{lead}</p>
        <Copyable label={label} text={text} autoFocus />
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
