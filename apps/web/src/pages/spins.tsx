import { Button } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Empty } from '../components/empty.tsx'
import { LoadMore } from '../components/load-more.tsx'
import { Page } from '../components/page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { SpinFilters } from '../components/spin-filters.tsx'
import { SpinTable } from '../components/spin-table.tsx'
import { FileMenu, SpinForm } from '../drawers.tsx'
import { paths } from '../paths.ts'
import { spinsFilter, spinsQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.spins

export function SpinsPage() {
  const company = useCompany()
  const search = useSearch({ from: '/c/$slug/spins' })
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  const spins = useInfiniteQuery(spinsQuery(company, search))
  const rows = spins.data?.pages.flatMap(page => page.items)
  const mayWrite = allows(company.role, 'spins.write')
  const filtered = Object.values(search).some(Boolean)
  const none = rows?.length === 0
  const clear = (
    <Button variant="default" onClick={() => navigate(paths.spins(company.slug))}>
      {t.clear}
    </Button>
  )
  return (
    <Page
      title={t.title}
      company={company.name}
      actions={
        <>
          <FileMenu noun="spins" filter={spinsFilter(search)} />
          {mayWrite && (
            <Button leftSection={<IconPlus size={18} />} onClick={() => setAdding(true)}>
              {texts.spin.manual}
            </Button>
          )}
        </>
      }
    >
      <ProblemAlert error={spins.error} retry={spins.refetch} />
      {!(none && !filtered) && <SpinFilters search={search} />}
      {none ? (
        <Empty title={filtered ? t.noMatchTitle : t.emptyTitle} action={filtered && clear}>
          {filtered ? t.noMatch : mayWrite ? t.empty : t.emptyViewer}
        </Empty>
      ) : (
        !(spins.error && !rows) && (
          <div className="surface" aria-busy={spins.isFetching}>
            <SpinTable spins={rows} />
          </div>
        )
      )}
      <LoadMore query={spins} />
      {adding && <SpinForm spinnerId={search.spinner} onClose={() => setAdding(false)} />}
    </Page>
  )
}
