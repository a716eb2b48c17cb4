import { Button, Skeleton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { allows } from '@spintrack/contract/permissions'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { ChosenBar } from '../components/chosen-bar.tsx'
import { Empty } from '../components/empty.tsx'
import { LoadMore } from '../components/load-more.tsx'
import { Page } from '../components/page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { Segments } from '../components/segments.tsx'
import { SpinnerTable } from '../components/spinner-table.tsx'
import { FileMenu, SpinnerForm } from '../drawers.tsx'
import { paths } from '../paths.ts'
import { spinnersQuery } from '../queries.ts'
import type { SpinnersSearch } from '../search.ts'
import { useCompany } from '../session.ts'
import { useCopyTargets, useSpinnerChoice } from '../spinner-choice.ts'
import { texts } from '../texts.ts'

const t = texts.spinners
const statuses = (['all', 'active', 'retired'] as const).map(value => ({ value, label: t.statuses[value] }))

export function SpinnersPage() {
  const company = useCompany()
  const filter = useSearch({ from: '/c/$slug/spinners' })
  const [adding, setAdding] = useState(false)
  const spinners = useInfiniteQuery(spinnersQuery(company, filter))
  const targets = useCopyTargets()
  const choosing = useSpinnerChoice()
  const choice = targets.length > 0 ? choosing : null
  const rows = spinners.data?.pages.flatMap(page => page.items)
  const mayWrite = allows(company.role, 'spinners.write')
  const add = mayWrite && (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setAdding(true)}>
      {t.add}
    </Button>
  )
  const none = rows?.length === 0
  const filtered = filter.q !== undefined || filter.status !== undefined
  return (
    <Page
      title={t.title}
      company={company.name}
      actions={
        <>
          <FileMenu noun="spinners" filter={filter} />
          {!(none && !filtered) && add}
        </>
      }
    >
      <ProblemAlert error={spinners.error} retry={spinners.refetch} />
      {!(none && !filtered) && <Filters filter={filter} />}
      {!rows && spinners.isPending && <Skeleton height={320} />}
      {rows && !none && (
        <div className="surface">
          <SpinnerTable spinners={rows} choice={choice} />
        </div>
      )}
      {choice && choice.chosen.length > 0 && <ChosenBar choice={choice} targets={targets} />}
      {none && (
        <Empty title={filtered ? t.noMatchTitle : t.emptyTitle} action={!filtered && add}>
          {filtered ? t.noMatch : mayWrite ? t.empty : t.emptyViewer}
        </Empty>
      )}
      <LoadMore query={spinners} />
      {adding && <SpinnerForm onClose={() => setAdding(false)} />}
    </Page>
  )
}

function Filters({ filter }: { filter: SpinnersSearch }) {
  const { slug } = useCompany()
  const navigate = useNavigate()
  const [typed, setTyped] = useState(filter.q ?? '')
  const show = (change: SpinnersSearch) =>
    navigate({ ...paths.spinners(slug, { ...filter, ...change }), replace: true })
  const search = useDebouncedCallback((q: string) => show({ q: q.trim() || undefined }), 200)
  return (
    <search className="filters">
      <TextInput
        type="search"
        aria-label={t.search}
        placeholder={t.search}
        leftSection={<IconSearch size={18} />}
        value={typed}
        maxLength={100}
        onChange={event => {
          setTyped(event.currentTarget.value)
          search(event.currentTarget.value)
        }}
      />
      <Segments
        label={t.status}
        value={filter.status ?? 'all'}
        options={statuses}
        onChange={status => show({ status: status === 'all' ? undefined : status })}
      />
    </search>
  )
}
