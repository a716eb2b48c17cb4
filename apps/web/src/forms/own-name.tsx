import { TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { accountTexts as t } from '../account-texts.ts'
import { api } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { notifySaved } from '../notices.tsx'
import { refreshSession, useSession } from '../session.ts'
import { texts } from '../texts.ts'

export function OwnNameForm() {
  const { user } = useSession()
  const form = useApiForm({
    initial: { name: user.name },
    check: { name: name => (name.trim() ? null : t.nameMissing) },
    send: ({ name }) => api.updateMe({ name: name.trim() }),
    onDone: () => {
      notifySaved(t.nameSaved)
      void refreshSession()
    },
  })
  return (
    <Form form={form} submit={texts.save}>
      <TextInput
        label={t.name}
        description={t.nameHint}
        autoComplete="name"
        maxLength={limits.personName.max}
        {...form.field('name')}
      />
    </Form>
  )
}
