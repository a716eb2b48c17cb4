import { TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import type { Company } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { notifySaved } from '../notices.tsx'
import { useCompany } from '../session.ts'
import { saveSettings } from '../settings.ts'
import { texts } from '../texts.ts'
import { isSlug, SlugInput } from './slug.tsx'

/** The company's name and address. The tab moves to a new address by itself (pages/company.tsx). */
export function GeneralForm({ shown }: { shown: Company }) {
  const company = useCompany()
  const form = useApiForm({
    initial: { name: shown.name, slug: shown.slug },
    check: {
      name: name => (name.trim() ? null : texts.company.nameMissing),
      slug: slug => (isSlug(slug) ? null : texts.company.slugInvalid),
    },
    send: ({ name, slug }) => saveSettings(company, shown, { name: name.trim(), slug }),
    onDone: () => notifySaved(companyTexts.settings.saved),
  })
  return (
    <Form form={form} submit={texts.save}>
      <TextInput
        label={texts.company.name}
        autoComplete="organization"
        maxLength={limits.companyName.max}
        {...form.field('name')}
      />
      <SlugInput description={companyTexts.settings.slugHint} {...form.field('slug')} />
    </Form>
  )
}
