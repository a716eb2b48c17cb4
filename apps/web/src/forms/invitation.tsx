import { Drawer, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { grantableBy, type Role } from '@spintrack/contract/permissions'
import { api, type NewInvitation } from '../api.ts'
import { Choices } from '../components/choices.tsx'
import { Form, useApiForm } from '../components/form.tsx'
import { Segments } from '../components/segments.tsx'
import { memberTexts as t } from '../member-texts.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { isEmail } from './email.ts'

type Way = keyof typeof t.ways

const ways = (['email', 'link'] as const).map(value => ({ value, label: t.ways[value] }))

/** Invites somebody, by mail or with a link to pass on. */
export function InvitationForm({ onMade, onClose }: { onMade: (made: NewInvitation) => void; onClose: () => void }) {
  const company = useCompany()
  const form = useApiForm<{ way: Way; email: string; role: Role }, NewInvitation>({
    initial: { way: 'email', email: '', role: 'member' },
    check: { email: (email, { way }) => (way === 'link' || isEmail(email) ? null : t.emailInvalid) },
    send: ({ way, email, role }) =>
      api.createInvitation(company.slug, { role, ...(way === 'email' && { email: email.trim() }) }),
    onDone: onMade,
  })
  const { way, role } = form.values
  const roles = grantableBy(company.role).map(value => ({ value, label: texts.roles[value], hint: t.roles[value] }))
  return (
    <Drawer opened onClose={onClose} title={t.inviteTitle} closeOnClickOutside={false}>
      <Form form={form} submit={way === 'email' ? t.send : t.makeLink} onCancel={onClose}>
        <Segments label={t.by} options={ways} value={way} onChange={chosen => form.set('way', chosen)} />
        {way === 'email' ? (
          <TextInput
            label={t.email}
            description={t.emailHint}
            type="email"
            autoComplete="off"
            maxLength={limits.email.max}
            data-autofocus
            {...form.field('email')}
          />
        ) : (
          <p className="hint">{t.linkHint}</p>
        )}
        <Choices label={t.role} options={roles} value={role} onChange={chosen => form.set('role', chosen)} />
      </Form>
    </Drawer>
  )
}
