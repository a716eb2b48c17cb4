import { Select, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { useQuery } from '@tanstack/react-query'
import { api, type Company } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { templatesQuery } from '../templates.ts'
import { texts } from '../texts.ts'
import { isSlug, SlugInput } from './slug.tsx'

const t = texts.company
const blank = 'blank'

export function CompanyForm({ onDone }: { onDone: (company: Company) => void }) {
  const { data: templates = [] } = useQuery(templatesQuery)
  const form = useApiForm({
    initial: { name: '', slug: '', template: blank },
    check: {
      name: name => (name.trim() ? null : t.nameMissing),
      slug: slug => (slug === '' || isSlug(slug) ? null : t.slugInvalid),
    },
    send: ({ name, slug, template }) => api.createCompany({ name: name.trim(), ...(slug && { slug }), template }),
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
      <SlugInput description={t.slugHint} {...form.field('slug')} />
      {templates.length > 0 && (
        <Select
          label={companyTexts.begin.label}
          allowDeselect={false}
          data={[
            { value: blank, label: companyTexts.begin.blank },
            ...templates.map(({ id, name }) => ({ value: id, label: companyTexts.begin.template(name) })),
          ]}
          {...form.field('template')}
        />
      )}
    </Form>
  )
}
