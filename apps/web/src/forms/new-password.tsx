import { PasswordInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { accountTexts as t } from '../account-texts.ts'
import { api } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { texts } from '../texts.ts'

const { min, max } = limits.password

type Props = { token: string; onDone: () => void; onRefused: (error: unknown) => void }

/** Sets the password of whoever has the link. */
export function NewPasswordForm({ token, onDone, onRefused }: Props) {
  const form = useApiForm({
    initial: { password: '' },
    check: { password: password => (password.length < min ? t.passwordShort : null) },
    send: async ({ password }) => {
      try {
        await api.resetPassword(token, { password })
      } catch (error) {
        onRefused(error)
        throw error
      }
    },
    onDone,
  })
  return (
    <Form form={form} submit={t.setPassword} wide>
      <PasswordInput
        label={t.newPassword}
        description={t.newPasswordHint}
        autoComplete="new-password"
        maxLength={max}
        autoFocus
        visibilityToggleButtonProps={{ 'aria-label': texts.account.showPassword }}
        {...form.field('password')}
      />
    </Form>
  )
}
