import { Drawer, PasswordInput, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { useState } from 'react'
import { accountTexts as t } from '../account-texts.ts'
import { api } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { notifySaved } from '../notices.tsx'
import { refreshSession, useSession } from '../session.ts'
import { texts } from '../texts.ts'
import { CodeForm } from './code.tsx'
import { isEmail } from './email.ts'

/** Asks for another address, and then for the code that was sent there where it has to be confirmed. */
export function OwnEmailForm({ onClose }: { onClose: () => void }) {
  const { user } = useSession()
  const [writtenTo, setWrittenTo] = useState<string | null>(null)
  const done = (email: string) => {
    notifySaved(t.emailChanged(email))
    void refreshSession()
    onClose()
  }
  const form = useApiForm({
    initial: { email: '', currentPassword: '' },
    check: {
      email: email =>
        isEmail(email) ? (email.trim().toLowerCase() === user.email ? t.emailSame : null) : t.emailInvalid,
      currentPassword: password => (password ? null : t.currentMissing),
    },
    send: ({ email, currentPassword }) => api.updateMe({ email: email.trim(), currentPassword }),
    onDone: ({ email }) => (email === user.email ? setWrittenTo(form.values.email.trim()) : done(email)),
  })
  return (
    <Drawer opened onClose={onClose} title={t.changeEmail} closeOnClickOutside={false}>
      {writtenTo ? (
        <>
          <p className="modal-text">{t.codeLead(writtenTo)}</p>
          <CodeForm email={writtenTo} onDone={() => done(writtenTo)} />
        </>
      ) : (
        <Form form={form} submit={t.changeEmail} onCancel={onClose}>
          <TextInput
            label={t.newEmail}
            type="email"
            autoComplete="off"
            maxLength={limits.email.max}
            data-autofocus
            {...form.field('email')}
          />
          <PasswordInput
            label={t.currentPassword}
            autoComplete="current-password"
            maxLength={limits.password.max}
            visibilityToggleButtonProps={{ 'aria-label': texts.account.showPassword }}
            {...form.field('currentPassword')}
          />
        </Form>
      )}
    </Drawer>
  )
}
