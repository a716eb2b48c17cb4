import { Button } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { Empty } from '../components/empty.tsx'
import { Figures } from '../components/figures.tsx'
import { Page } from '../components/page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { RangePicker } from '../components/range-picker.tsx'
import { Ranking } from '../components/ranking.tsx'
import { SpinPanel } from '../components/spin-panel.tsx'
import { SpinTable } from '../components/spin-table.tsx'
import { SpinnerForm } from '../drawers.tsx'
import { paths } from '../paths.ts'
import {
  allSpinnersQuery,
  companyQuery,
  spinnerStatisticsQuery,
  spinsQuery,
  summaryBeforeQuery,
  summaryQuery,
} from '../queries.ts'
import { defaultRange } from '../search.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.dashboard

export function DashboardPage() {
  const company = useCompany()
  const { range = defaultRange } = useSearch({ from: '/c/$slug/' })
  const navigate = useNavigate()
  const spinners = useQuery(allSpinnersQuery(company))
  const summary = useQuery(summaryQuery(company, range))
  const before = useQuery(summaryBeforeQuery(company, range))
  const ranking = useQuery(spinnerStatisticsQuery(company, range))
  const recent = useInfiniteQuery(spinsQuery(company, {}, 8))
  const greeting = useQuery(companyQuery(company)).data?.branding.greeting
  const mayWrite = allows(company.role, 'spins.write')
  const spins = recent.data?.pages[0]?.items.slice(0, 8)

  if (spinners.data?.length === 0) {
    return (
      <Page title={t.title} company={company.name} facts={greeting}>
        <NoSpinners mayWrite={mayWrite} />
      </Page>
    )
  }
  return (
    <Page
      title={t.title}
      company={company.name}
      facts={greeting}
      actions={<RangePicker value={range} onChange={to => navigate(paths.company(company.slug, { range: to }))} />}
    >
      <ProblemAlert
        error={summary.error ?? ranking.error ?? recent.error ?? spinners.error}
        retry={() => {
          for (const query of [summary, before, ranking, recent, spinners]) void query.refetch()
        }}
      />
      <div className="dashboard" data-can-spin={mayWrite}>
        {mayWrite && <SpinPanel />}
        <div className="dashboard-figures">
          <Figures now={summary.data} before={before.data} range={range} />
          <Section title={t.ranking}>
            <Ranking rows={ranking.data} />
          </Section>
        </div>
        <Section title={t.recent} action={<Link {...paths.spins(company.slug)}>{t.allSpins}</Link>}>
          {spins?.length === 0 ? (
            <p className="hint">{mayWrite ? t.noSpins : t.noSpinsViewer}</p>
          ) : (
            <SpinTable spins={spins} brief />
          )}
        </Section>
      </div>
    </Page>
  )
}

function Section({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="surface section">
      <div className="section-head">
        <h2>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  )
}

function NoSpinners({ mayWrite }: { mayWrite: boolean }) {
  const [adding, setAdding] = useState(false)
  return (
    <>
      <Empty
        title={mayWrite ? t.noSpinnersTitle : texts.spinners.emptyTitle}
        action={mayWrite && <Button onClick={() => setAdding(true)}>{texts.spinners.add}</Button>}
      >
        {mayWrite ? t.noSpinners : t.noSpinnersViewer}
      </Empty>
      {adding && <SpinnerForm onClose={() => setAdding(false)} />}
    </>
  )
}
