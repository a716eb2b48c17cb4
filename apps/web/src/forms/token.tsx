import { Drawer, InputWrapper, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { api, type NewToken } from '../api.ts'
import { Choices } from '../components/choices.tsx'
import { Form, useApiForm } from '../components/form.tsx'
import { Segments } from '../components/segments.tsx'
import { useCompany } from '../session.ts'
import { tokenTexts as t } from '../token-texts.ts'

type Scope = keyof typeof t.scopes
type Expiry = keyof typeof t.expiry

const scopes = (['read', 'write'] as const).map(value => ({ value, ...t.scopes[value] }))
const expiry = (['30', '90', '365', 'never'] as const).map(value => ({ value, label: t.expiry[value] }))

/** Makes a token. What comes back must be shown at once, since nobody can read it again. */
export function TokenForm({ onMade, onClose }: { onMade: (token: NewToken) => void; onClose: () => void }) {
  const company = useCompany()
  const form = useApiForm<{ name: string; scope: Scope; days: Expiry }, NewToken>({
    initial: { name: '', scope: 'read', days: '90' },
    check: { name: name => (name.trim() ? null : t.nameMissing) },
    send: ({ name, scope, days }) =>
      api.createToken(company.slug, {
        name: name.trim(),
        scopes: scope === 'write' ? ['read', 'write'] : ['read'],
        ...(days !== 'never' && { expiresAt: inDays(Number(days)) }),
      }),
    onDone: onMade,
  })
  return (
    <Drawer opened onClose={onClose} title={t.make} closeOnClickOutside={false}>
      <Form form={form} submit={t.make} onCancel={onClose}>
        <TextInput
          label={t.name}
          description={t.nameHint}
          maxLength={limits.tokenName.max}
          autoComplete="off"
          data-autofocus
          {...form.field('name')}
        />
        <Choices
          label={t.access}
          options={scopes}
          value={form.values.scope}
          onChange={scope => form.set('scope', scope)}
        />
        <InputWrapper label={t.expires} labelElement="div">
          <Segments
            label={t.expires}
            options={expiry}
            value={form.values.days}
            onChange={days => form.set('days', days)}
          />
        </InputWrapper>
      </Form>
    </Drawer>
  )
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString()
}
