import { TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { accountTexts as t } from '../account-texts.ts'
import { api } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'

/** Asks for the link to choose a new password with. */
export function ResetForm({ onDone }: { onDone: (email: string) => void }) {
  const form = useApiForm({
    initial: { email: '' },
    check: { email: email => (email.trim() ? null : t.emailMissing) },
    send: async ({ email }) => {
      await api.requestPasswordReset({ email: email.trim() })
      return email.trim()
    },
    onDone,
  })
  return (
    <Form form={form} submit={t.sendLink} wide>
      <TextInput
        label={t.email}
        type="email"
        autoComplete="username"
        maxLength={limits.email.max}
        autoFocus
        {...form.field('email')}
      />
    </Form>
  )
}
