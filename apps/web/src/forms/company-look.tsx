import { TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import type { Company } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { ColourField } from '../components/colour-field.tsx'
import { Form, useApiForm } from '../components/form.tsx'
import { notifySaved } from '../notices.tsx'
import { useCompany } from '../session.ts'
import { saveSettings } from '../settings.ts'
import { texts } from '../texts.ts'

const t = companyTexts.look

/** The company's colour and greeting. */
export function LookForm({ shown }: { shown: Company }) {
  const company = useCompany()
  const form = useApiForm({
    initial: { colour: shown.branding.colour, greeting: shown.branding.greeting ?? '' },
    send: ({ colour, greeting }) =>
      saveSettings(company, shown, { branding: { colour, greeting: greeting.trim() || null } }),
    onDone: () => notifySaved(companyTexts.settings.saved),
  })
  return (
    <Form form={form} submit={texts.save}>
      <ColourField
        label={t.colour}
        none={t.noColour}
        value={form.values.colour}
        onChange={colour => form.set('colour', colour)}
      />
      <TextInput
        label={t.greeting}
        description={t.greetingHint}
        maxLength={limits.greeting.max}
        {...form.field('greeting')}
      />
    </Form>
  )
}
