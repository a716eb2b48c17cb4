import { Modal, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { api, type Template } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { Choices } from '../components/choices.tsx'
import { Form, useApiForm } from '../components/form.tsx'
import { notifySaved } from '../notices.tsx'
import { useCompany } from '../session.ts'
import { refreshTemplates } from '../templates.ts'

const t = companyTexts.templates
const contents = [
  { value: 'spinners', label: t.spinners, hint: t.spinnersHint },
  { value: 'everything', label: t.everything, hint: t.everythingHint },
] as const satisfies { value: Template['contents']; label: string; hint: string }[]

/** Makes a template of the company as it is now. */
export function TemplateForm({ onClose }: { onClose: () => void }) {
  const company = useCompany()
  const form = useApiForm<{ name: string; contents: Template['contents'] }, Template>({
    initial: { name: company.name, contents: 'spinners' },
    check: { name: name => (name.trim() ? null : t.nameMissing) },
    send: ({ name, contents }) => api.createTemplate(company.slug, { name: name.trim(), contents }),
    onDone: ({ name }) => {
      notifySaved(t.made(name))
      void refreshTemplates()
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t.make}>
      <Form form={form} submit={t.make} onCancel={onClose}>
        <TextInput label={t.name} maxLength={limits.templateName.max} data-autofocus {...form.field('name')} />
        <Choices
          label={t.contents}
          options={contents}
          value={form.values.contents}
          onChange={chosen => form.set('contents', chosen)}
        />
      </Form>
    </Modal>
  )
}
