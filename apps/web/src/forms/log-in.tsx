import { PasswordInput, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { api, type Session } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { texts } from '../texts.ts'

const t = texts.account

/** `email` is given, and then fixed, when a session has ended and the same person is to go on. */
export function LogInForm({ email, onDone }: { email?: string; onDone: (session: Session) => void }) {
  const form = useApiForm({
    initial: { email: email ?? '', password: '' },
    check: {
      email: typed => (typed.trim() ? null : t.emailMissing),
      password: typed => (typed ? null : t.passwordMissing),
    },
    send: typed => api.logIn({ email: typed.email.trim(), password: typed.password }),
    onDone,
  })
  return (
    <Form form={form} submit={t.logIn} wide>
      <TextInput
        label={t.email}
        type="email"
        autoComplete="username"
        maxLength={limits.email.max}
        readOnly={email !== undefined}
        autoFocus={email === undefined}
        {...form.field('email')}
      />
      <PasswordInput
        label={t.password}
        autoComplete="current-password"
        maxLength={limits.password.max}
        visibilityToggleButtonProps={{ 'aria-label': t.showPassword }}
        data-autofocus={email !== undefined}
        {...form.field('password')}
      />
    </Form>
  )
}
