import { TextInput } from '@mantine/core'
import { accountTexts as t } from '../account-texts.ts'
import { api } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'

/** Confirms an address by the code that was sent there, where the link cannot be opened. */
export function CodeForm({ email, onDone }: { email: string; onDone: () => void }) {
  const form = useApiForm({
    initial: { code: '' },
    check: { code: code => (code.trim() ? null : t.codeMissing) },
    send: ({ code }) => api.confirmByCode({ email, code: code.trim() }),
    onDone,
  })
  return (
    <Form form={form} submit={t.confirm} wide>
      <TextInput
        label={t.code}
        description={t.codeHint}
        autoComplete="one-time-code"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={40}
        autoFocus
        {...form.field('code')}
      />
    </Form>
  )
}
