import { PasswordInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { accountTexts as t } from '../account-texts.ts'
import { api } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { refreshMySessions } from '../my-sessions.ts'
import { notifySaved } from '../notices.tsx'
import { texts } from '../texts.ts'

const { min, max } = limits.password
const toggle = { 'aria-label': texts.account.showPassword }

export function OwnPasswordForm() {
  const form = useApiForm({
    initial: { currentPassword: '', newPassword: '' },
    check: {
      currentPassword: password => (password ? null : t.currentMissing),
      newPassword: password => (password.length < min ? t.passwordShort : null),
    },
    send: api.changePassword,
    onDone: () => {
      form.set('currentPassword', '')
      form.set('newPassword', '')
      notifySaved(t.passwordChanged)
      void refreshMySessions()
    },
  })
  return (
    <Form form={form} submit={t.changePassword}>
      <PasswordInput
        label={t.currentPassword}
        autoComplete="current-password"
        maxLength={max}
        visibilityToggleButtonProps={toggle}
        {...form.field('currentPassword')}
      />
      <PasswordInput
        label={t.newPassword}
        description={t.newPasswordHint}
        autoComplete="new-password"
        maxLength={max}
        visibilityToggleButtonProps={toggle}
        {...form.field('newPassword')}
      />
    </Form>
  )
}
