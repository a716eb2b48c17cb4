import { PasswordInput, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { api, type Session } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { texts } from '../texts.ts'
import { isEmail } from './email.ts'

const t = texts.account
const { min, max } = limits.password

/** What was typed, to go on with once the address is confirmed. */
export type SignedUp = { email: string; password: string }

type Props = {
  /** Where somebody was invited at an address: that address, and what the link of the invitation ends with. */
  invited?: { email: string; token: string }
  /** `session` is null where the address must be confirmed first. */
  onDone: (session: Session | null, typed: SignedUp) => void
}

export function SignUpForm({ invited, onDone }: Props) {
  const form = useApiForm({
    initial: { name: '', email: invited?.email ?? '', password: '' },
    check: {
      name: name => (name.trim() ? null : t.nameMissing),
      email: email => (isEmail(email) ? null : t.emailInvalid),
      password: password => (password.length < min ? t.passwordShort(min) : null),
    },
    send: ({ name, email, password }) =>
      api.signUp({ name: name.trim(), email: email.trim(), password, ...(invited && { invite: invited.token }) }),
    onDone: answer => {
      const { email, password } = form.values
      onDone('user' in answer ? answer : null, { email: email.trim(), password })
    },
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
        readOnly={invited !== undefined}
        description={invited !== undefined && t.emailFixed}
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
