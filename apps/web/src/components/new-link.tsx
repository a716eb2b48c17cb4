import { Button, Group, Modal, Stack } from '@mantine/core'
import { memberTexts as t } from '../member-texts.ts'
import { Copyable } from './copyable.tsx'

/** The link of an invitation, the one time it can be seen. Closes only on purpose. */
export function NewLinkShown({ link, onClose }: { link: string; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.linkTitle}
      size={560}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <p className="lead">{t.linkOnce}</p>
        <Copyable label={t.link} text={link} autoFocus />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
