import { Button, Group, Modal, Stack } from '@mantine/core'
import { formatMoment } from '../dates.ts'
import { webhookTexts as t } from '../webhook-texts.ts'
import { Copyable } from './copyable.tsx'

type Props = { made: { secret: string; previousEndsAt?: string }; onClose: () => void }

/** The secret of a webhook, the one time it can be seen. Closes only on purpose. */
export function WebhookSecretShown({ made: { secret, previousEndsAt }, onClose }: Props) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.secretTitle}
      size={600}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <p className="lead">
          {t.once} {previousEndsAt && t.bothSign(formatMoment(previousEndsAt))}
        </p>
        <Copyable label={t.secret} text={secret} autoFocus />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
