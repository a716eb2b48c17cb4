import { Button, Group, Modal, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { texts } from '../texts.ts'
import { ProblemAlert } from './problem.tsx'

type ConfirmProps = { title: string; text: string; action: string; run: () => Promise<unknown>; onClose: () => void }

/** Asks before something that cannot be taken back. */
export function Confirm({ title, text, action, run, onClose }: ConfirmProps) {
  const running = useMutation({ mutationFn: run, onSuccess: onClose })
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack>
        <p>{text}</p>
        <ProblemAlert error={running.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose} data-autofocus>
            {texts.cancel}
          </Button>
          <Button className="danger" loading={running.isPending} onClick={() => running.mutate()}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
