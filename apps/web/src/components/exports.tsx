import { ActionIcon, Button, Loader, Skeleton } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Export } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { formatMoment } from '../dates.ts'
import { Confirm } from '../drawers.tsx'
import { downloadExport, exportsQuery, isUnderWay, refreshExports } from '../exports.ts'
import { notifyProblem, notifySaved } from '../notices.tsx'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { ProblemAlert } from './problem.tsx'
import { Section } from './settings-section.tsx'

const t = companyTexts.exports

/** The archives of the company: asking for one, seeing how far it is, taking it away. */
export function Exports() {
  const company = useCompany()
  const { data: rows, error, refetch } = useQuery(exportsQuery(company))
  const [deleting, setDeleting] = useState<Export | null>(null)
  const asking = useMutation({
    mutationFn: () => api.createExport(company.slug),
    onSuccess: () => refreshExports(company),
  })
  const remove = async ({ id }: Export) => {
    await api.deleteExport(company.slug, id)
    notifySaved(t.removed)
    await refreshExports(company)
  }
  return (
    <Section
      id="export"
      hint={t.hint}
      action={
        <Button variant="default" loading={asking.isPending} onClick={() => asking.mutate()}>
          {t.make}
        </Button>
      }
    >
      <ProblemAlert error={asking.error} />
      <ProblemAlert error={error} retry={refetch} />
      {!rows && !error && <Skeleton height={48} />}
      {rows?.length === 0 && <p className="setting-none">{t.none}</p>}
      {rows && rows.length > 0 && (
        <ul className="setting-rows">
          {rows.map(row => (
            <Row key={row.id} row={row} onDelete={() => setDeleting(row)} />
          ))}
        </ul>
      )}
      {deleting && (
        <Confirm
          title={t.removeTitle}
          text={t.removeText}
          action={texts.delete}
          run={() => remove(deleting)}
          onClose={() => setDeleting(null)}
        />
      )}
    </Section>
  )
}

function Row({ row, onDelete }: { row: Export; onDelete: () => void }) {
  const company = useCompany()
  const when = formatMoment(row.createdAt)
  const ready = row.state === 'done' && !isExpired(row)
  const downloading = useMutation({
    mutationFn: () => downloadExport(company, row),
    onError: error => notifyProblem(error),
  })
  return (
    <li>
      <span className="setting-row">
        <strong>{t.of(when)}</strong>
        <small role="status">{progress(row)}</small>
      </span>
      {isUnderWay(row) && <Loader size="xs" aria-hidden="true" />}
      {ready && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t.downloadOf(when)}
          loading={downloading.isPending}
          onClick={() => downloading.mutate()}
        >
          {t.download}
        </Button>
      )}
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.remove(when)} onClick={onDelete}>
        <IconTrash size={18} />
      </ActionIcon>
    </li>
  )
}

function isExpired({ expiresAt }: Export): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now()
}

function progress(row: Export): string {
  if (row.state === 'failed') return `${t.states.failed}. ${t.failed}`
  if (row.state !== 'done' || row.sizeBytes === null || row.expiresAt === null) return t.states[row.state]
  return isExpired(row) ? t.expired : t.until(formatSize(row.sizeBytes), formatMoment(row.expiresAt))
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

/** `840 byte`, `1.2 MB`: powers of a thousand, as file managers and browsers show a download. */
function formatSize(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const unit = units[step] ?? 'byte'
  return new Intl.NumberFormat(undefined, { style: 'unit', unit, maximumFractionDigits: step > 1 ? 1 : 0 }).format(
    bytes / 1000 ** step,
  )
}
