import { Drawer, Textarea, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { useQuery } from '@tanstack/react-query'
import { api, type Spin } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { MemberSelect } from '../components/member-select.tsx'
import { SpinnerSelect } from '../components/spinner-select.tsx'
import { localInput } from '../dates.ts'
import { parseDuration, typeDuration } from '../duration.ts'
import { chosenSpinner } from '../last-spinner.ts'
import { notifySaved } from '../notices.tsx'
import { companyQuery, refresh } from '../queries.ts'
import { useCompany } from '../session.ts'
import { undoSpin } from '../spins.ts'
import { texts } from '../texts.ts'

const t = texts.spin
const { min, max } = limits.durationMs

/** Adds a spin by hand, or edits `spin`. */
export function SpinForm({
  spin,
  spinnerId,
  onClose,
}: {
  spin?: Spin
  spinnerId?: string | undefined
  onClose: () => void
}) {
  const company = useCompany()
  const { data: me } = useQuery(companyQuery(company))
  const initial = {
    spinnerId: spin?.spinnerId ?? spinnerId ?? chosenSpinner(company.id),
    durationMs: spin ? typeDuration(spin.durationMs) : '',
    startedAt: localInput(spin ? new Date(spin.startedAt) : new Date()),
    memberId: spin?.memberId ?? me?.memberId ?? null,
    note: spin?.note ?? '',
  }
  const form = useApiForm({
    initial,
    check: {
      spinnerId: id => (id ? null : t.spinnerMissing),
      durationMs: typed => (isDuration(typed) ? null : t.durationInvalid),
      startedAt: typed => (typed ? null : t.whenMissing),
    },
    send: ({ spinnerId, durationMs, startedAt, memberId, note }) => {
      const body = {
        spinnerId: spinnerId ?? '',
        durationMs: parseDuration(durationMs) ?? 0,
        // Untouched it keeps the milliseconds that the field does not show.
        startedAt: spin && startedAt === initial.startedAt ? spin.startedAt : new Date(startedAt).toISOString(),
        note: note.trim() || null,
        ...(memberId && { memberId }),
      }
      return spin ? api.updateSpin(company.slug, spin.id, body) : api.createSpin(company.slug, body)
    },
    onDone: saved => {
      notifySaved(t.savedManually, spin ? undefined : () => undoSpin(company, saved.id))
      refresh(company, 'spins', 'statistics')
      onClose()
    },
  })
  return (
    <Drawer opened onClose={onClose} title={spin ? t.editTitle : t.manualTitle} closeOnClickOutside={false}>
      <Form form={form} submit={spin ? texts.save : t.add} onCancel={onClose}>
        <SpinnerSelect label={t.spinner} placeholder={t.choose} only="active" {...form.field('spinnerId')} />
        <TextInput
          label={t.duration}
          description={t.durationHint}
          autoComplete="off"
          data-autofocus
          {...form.field('durationMs')}
        />
        <TextInput label={t.when} type="datetime-local" step={1} {...form.field('startedAt')} />
        <MemberSelect label={t.member} placeholder={t.you} allowDeselect={false} {...form.field('memberId')} />
        <Textarea label={t.note} autosize minRows={2} maxLength={limits.note.max} {...form.field('note')} />
      </Form>
    </Drawer>
  )
}

function isDuration(typed: string): boolean {
  const ms = parseDuration(typed)
  return ms !== null && ms >= min && ms <= max
}
