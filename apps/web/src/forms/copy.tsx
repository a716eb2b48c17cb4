import { Button, Modal, Select } from '@mantine/core'
import { ApiProblem } from '@spintrack/client/problem'
import { api, type CompanySummary, type Copy, type Spinner } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { Choices } from '../components/choices.tsx'
import { Form, useApiForm } from '../components/form.tsx'
import { notifySaved } from '../notices.tsx'
import { refresh } from '../queries.ts'
import { useCompany } from '../session.ts'

const t = companyTexts.copy
const loads = [
  { value: 'all', label: t.all, hint: t.allHint },
  { value: 'alone', label: t.alone, hint: t.aloneHint },
] as const
type Load = (typeof loads)[number]['value']

type Props = {
  spinners: Spinner[]
  targets: CompanySummary[]
  onLeaveOut: (spinners: Spinner[]) => void
  onDone: () => void
  onClose: () => void
}

/** Copies spinners into another company. All or nothing: what is in the way is named, and can be left out. */
export function CopyForm({ spinners, targets, onLeaveOut, onDone, onClose }: Props) {
  const company = useCompany()
  const target = (id: string | null) => targets.find(one => one.id === id)
  const form = useApiForm<{ toCompanyId: string | null; load: Load }, Copy>({
    initial: { toCompanyId: targets.length === 1 ? (targets[0]?.id ?? null) : null, load: 'all' },
    check: { toCompanyId: id => (id ? null : t.toMissing) },
    send: ({ toCompanyId, load }) =>
      api.createCopy(company.slug, {
        toCompanyId: toCompanyId ?? '',
        spinnerIds: spinners.map(({ id }) => id),
        spins: load === 'all',
      }),
    onDone: copy => {
      const to = target(form.values.toCompanyId)
      if (!to) return
      notifySaved(t.done(to.name, copy))
      void refresh(to, 'spinners', 'spins', 'statistics')
      onDone()
    },
  })
  const inTheWay = conflicts(form.problem, spinners)
  const leaveOut = () => {
    onLeaveOut(inTheWay.map(({ spinner }) => spinner))
    form.dismiss()
    document.getElementById(form.id)?.querySelector<HTMLElement>('[type=submit]')?.focus()
  }
  const remedy = inTheWay.length > 0 && (
    <div className="conflicts">
      <ul>
        {inTheWay.map(({ spinner, message }) => (
          <li key={spinner.id}>
            <strong>{spinner.name}</strong> {message}
          </li>
        ))}
      </ul>
      {inTheWay.length < spinners.length && (
        <Button variant="default" size="compact-sm" onClick={leaveOut}>
          {t.leaveOut(inTheWay.length)}
        </Button>
      )}
    </div>
  )
  return (
    <Modal opened onClose={onClose} title={t.title(spinners.length)}>
      <Form form={form} submit={t.action} onCancel={onClose} remedy={remedy}>
        <Select
          label={t.to}
          data={targets.map(({ id, name }) => ({ value: id, label: name }))}
          allowDeselect={false}
          searchable
          {...form.field('toCompanyId')}
        />
        <Choices label={t.what} options={loads} value={form.values.load} onChange={load => form.set('load', load)} />
      </Form>
    </Modal>
  )
}

/** What the API said about single spinners, which it names by their place in the list sent. */
function conflicts(problem: unknown, sent: Spinner[]): { spinner: Spinner; message: string }[] {
  if (!(problem instanceof ApiProblem)) return []
  return problem.errors.flatMap(({ path, message }) => {
    const spinner = sent[Number(/^\/body\/spinnerIds\/(\d+)$/.exec(path)?.[1])]
    return spinner ? [{ spinner, message }] : []
  })
}
