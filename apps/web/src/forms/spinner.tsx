import { Drawer, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { api, type Spinner } from '../api.ts'
import { ColourField } from '../components/colour-field.tsx'
import { Form, useApiForm } from '../components/form.tsx'
import { MemberSelect } from '../components/member-select.tsx'
import { notifySaved } from '../notices.tsx'
import { refresh } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.spinners

/** Adds a spinner, or edits `spinner`. Sent to the company the page showed when it was opened. */
export function SpinnerForm({ spinner, onClose }: { spinner?: Spinner; onClose: () => void }) {
  const company = useCompany()
  const form = useApiForm({
    initial: {
      name: spinner?.name ?? '',
      serialNumber: spinner?.serialNumber ?? '',
      model: spinner?.model ?? '',
      colour: spinner ? spinner.colour : '#e24c15',
      memberId: spinner?.memberId ?? null,
    },
    check: {
      name: name => (name.trim() ? null : t.nameMissing),
      serialNumber: number => (number.trim() ? null : t.serialNumberMissing),
    },
    send: ({ name, serialNumber, model, colour, memberId }) => {
      const body = {
        name: name.trim(),
        serialNumber: serialNumber.trim(),
        model: model.trim() || null,
        colour,
        memberId,
      }
      return spinner ? api.updateSpinner(company.slug, spinner, body) : api.createSpinner(company.slug, body)
    },
    onDone: ({ name }) => {
      notifySaved(spinner ? t.changed(name) : t.added(name))
      refresh(company, 'spinners', 'statistics')
      onClose()
    },
  })
  return (
    <Drawer opened onClose={onClose} title={spinner ? t.editTitle : t.add} closeOnClickOutside={false}>
      <Form form={form} submit={spinner ? texts.save : t.add} onCancel={onClose}>
        <TextInput label={t.name} maxLength={limits.spinnerName.max} data-autofocus {...form.field('name')} />
        <TextInput
          label={t.serialNumber}
          description={t.serialNumberHint}
          maxLength={limits.serialNumber.max}
          autoComplete="off"
          {...form.field('serialNumber')}
        />
        <TextInput label={t.model} maxLength={limits.model.max} {...form.field('model')} />
        <ColourField label={t.colour} value={form.values.colour} onChange={colour => form.set('colour', colour)} />
        <MemberSelect label={t.keeper} placeholder={t.nobody} clearable {...form.field('memberId')} />
      </Form>
    </Drawer>
  )
}
