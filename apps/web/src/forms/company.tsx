import { TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { api, type Company } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { texts } from '../texts.ts'

const t = texts.company
const slugPattern = new RegExp(limits.slug.pattern)

export function CompanyForm({ onDone }: { onDone: (company: Company) => void }) {
  const form = useApiForm({
    initial: { name: '', slug: '' },
    check: {
      name: name => (name.trim() ? null : t.nameMissing),
      slug: slug => (slug === '' || (slug.length >= limits.slug.min && slugPattern.test(slug)) ? null : t.slugInvalid),
    },
    send: ({ name, slug }) => api.createCompany({ name: name.trim(), ...(slug && { slug }) }),
    onDone,
  })
  return (
    <Form form={form} submit={t.create} wide>
      <TextInput
        label={t.name}
        autoComplete="organization"
        maxLength={limits.companyName.max}
        autoFocus
        {...form.field('name')}
      />
      <TextInput
        label={t.slug}
        description={t.slugHint}
        leftSection={<span className="slug-prefix">/c/</span>}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={limits.slug.max}
        {...form.field('slug')}
      />
    </Form>
  )
}
