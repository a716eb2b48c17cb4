import { PasswordInput, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { api, type Session } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { texts } from '../texts.ts'
import { isEmail } from './email.ts'

const t = texts.account
const { min, max } = limits.password

export function SignUpForm({ onDone }: { onDone: (session: Session) => void }) {
  const form = useApiForm({
    initial: { name: '', email: '', password: '' },
    check: {
      name: name => (name.trim() ? null : t.nameMissing),
      email: email => (isEmail(email) ? null : t.emailInvalid),
      password: password => (password.length < min ? t.passwordShort(min) : null),
    },
    send: ({ name, email, password }) => api.signUp({ name: name.trim(), email: email.trim(), password }),
    onDone,
  })
  return (
    <Form form={form} submit={t.signUp} wide>
      <TextInput
        label={t.name}
        autoComplete="name"
        maxLength={limits.personName.max}
        autoFocus
        {...form.field('name')}
      />
      <TextInput
        label={t.email}
        type="email"
        autoComplete="username"
        maxLength={limits.email.max}
        {...form.field('email')}
      />
      <PasswordInput
        label={t.password}
        description={t.passwordHint(min)}
        autoComplete="new-password"
        maxLength={max}
        visibilityToggleButtonProps={{ 'aria-label': t.showPassword }}
        {...form.field('password')}
      />
    </Form>
  )
}
