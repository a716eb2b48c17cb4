import { Button, FileButton, Group, Loader, Modal, Stack } from '@mantine/core'
import { newKey } from '@spintrack/client/keys'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type ImportReport } from '../api.ts'
import { ImportErrors } from '../components/import-errors.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { fileTexts as t } from '../file-texts.ts'
import { headersOf, type Noun } from '../files.ts'
import { notifySaved } from '../notices.tsx'
import { refresh } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'

const send = { spins: api.importSpins, spinners: api.importSpinners }

/** A file that was chosen, and the key under which it takes effect once. */
type Chosen = { file: File; headers: Record<string, string> }

/** Adds what is in a file: first it is checked, then one sees what would be added and what is wrong with the rest. */
export function ImportForm({ noun, onClose }: { noun: Noun; onClose: () => void }) {
  const company = useCompany()
  const [refusal, setRefusal] = useState<string | null>(null)
  const checking = useMutation({
    mutationFn: ({ file, headers }: Chosen) => send[noun](company.slug, file, { dryRun: true, partial: true }, headers),
  })
  const adding = useMutation({
    mutationFn: ({ file, headers }: Chosen) => send[noun](company.slug, file, { partial: true }, headers),
    onSuccess: ({ accepted }) => {
      notifySaved(t.added[noun](accepted))
      void refresh(company, 'spinners', 'spins', 'statistics')
      onClose()
    },
  })
  const choose = (file: File | null) => {
    if (!file) return
    const headers = headersOf(file)
    setRefusal(headers ? null : t.unknownType(file.name))
    adding.reset()
    checking.reset()
    if (headers) checking.mutate({ file, headers: { ...headers, 'Idempotency-Key': newKey() } })
  }
  const chosen = checking.variables
  const report = checking.data
  const busy = checking.isPending || adding.isPending
  return (
    <Modal opened onClose={onClose} title={t.title[noun]} size="lg" closeOnClickOutside={!busy}>
      <Stack gap="md">
        {!report && <Explanation noun={noun} />}
        <div role="status">
          {busy && chosen && (
            <Group gap="sm">
              <Loader size="sm" aria-hidden="true" />
              {adding.isPending ? t.importing(chosen.file.name) : t.checking(chosen.file.name)}
            </Group>
          )}
          {!busy && report && <Findings noun={noun} name={chosen?.file.name ?? ''} report={report} />}
        </div>
        {!busy && report && report.errors.length > 0 && <ImportErrors report={report} />}
        {refusal && (
          <p role="alert" className="problem">
            {refusal}
          </p>
        )}
        <ProblemAlert error={checking.error ?? adding.error} />
        <Group justify="flex-end" gap="sm" mt={4}>
          <Button variant="default" onClick={onClose}>
            {texts.cancel}
          </Button>
          <FileButton onChange={choose} accept=".csv,.ndjson,.jsonl,.gz">
            {props => (
              <Button {...props} variant={report ? 'default' : 'filled'} disabled={busy}>
                {chosen || refusal ? t.chooseOther : t.choose}
              </Button>
            )}
          </FileButton>
          {chosen && report && report.accepted > 0 && (
            <Button loading={adding.isPending} onClick={() => adding.mutate(chosen)}>
              {report.rejected > 0 ? t.addGood(report.accepted) : t.add(report.accepted)}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

function Explanation({ noun }: { noun: Noun }) {
  return (
    <div className="import-help">
      <p>{t.formats}</p>
      <p>{t.columns}</p>
      <code>{t.example[noun]}</code>
      <p>{t.exported}</p>
    </div>
  )
}

function Findings({ noun, name, report: { accepted, rejected } }: { noun: Noun; name: string; report: ImportReport }) {
  return (
    <p>
      <strong>{name}</strong>: {accepted + rejected === 0 ? t.none : t.fits[noun](accepted)}
      {rejected > 0 && ` ${t.refused(rejected)}`}
    </p>
  )
}
