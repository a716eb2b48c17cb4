import { Button, Skeleton } from '@mantine/core'
import { ApiProblem } from '@spintrack/client/problem'
import { allows } from '@spintrack/contract/permissions'
import { IconArrowLeft } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Dot } from '../components/dot.tsx'
import { Empty } from '../components/empty.tsx'
import { Figures } from '../components/figures.tsx'
import { LoadMore } from '../components/load-more.tsx'
import { Page } from '../components/page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { SpinTable } from '../components/spin-table.tsx'
import { SpinnerMenu } from '../drawers.tsx'
import { chooseSpinner } from '../last-spinner.ts'
import { useNames } from '../names.ts'
import { paths } from '../paths.ts'
import { spinnerQuery, spinnerStatisticsQuery, spinsQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.spinners
const noFigures = { spins: 0, totalDurationMs: 0, averageDurationMs: null, longestDurationMs: null }

export function SpinnerPage() {
  const { id } = useParams({ from: '/c/$slug/spinners/$id' })
  const company = useCompany()
  const navigate = useNavigate()
  const { data: spinner, error, refetch } = useQuery(spinnerQuery(company, id))
  const statistics = useQuery(spinnerStatisticsQuery(company, 'all'))
  const spins = useInfiniteQuery(spinsQuery(company, { spinner: id }))
  const { member } = useNames()
  const rows = spins.data?.pages.flatMap(page => page.items)
  const figures = statistics.data && (statistics.data.find(row => row.spinnerId === id) ?? noFigures)

  if (error instanceof ApiProblem && error.status === 404) return <Missing />
  if (!spinner) {
    return (
      <Page title={t.title} company={company.name} heading={<Skeleton height={34} width={220} />}>
        <ProblemAlert error={error} retry={refetch} />
        {!error && <Skeleton height={320} />}
      </Page>
    )
  }
  const maySpin = spinner.status === 'active' && allows(company.role, 'spins.write')
  const spinIt = () => {
    chooseSpinner(company.id, spinner.id)
    void navigate(paths.company(company.slug))
  }
  const facts = [
    spinner.serialNumber,
    spinner.model,
    spinner.memberId && `${t.keeper} ${member(spinner.memberId) ?? ''}`,
  ]
  return (
    <>
      <BackLink />
      <Page
        title={spinner.name}
        company={company.name}
        facts={facts.filter(Boolean).join(' · ')}
        heading={
          <>
            <Dot colour={spinner.colour} /> {spinner.name}{' '}
            {spinner.status === 'retired' && <span className="tag">{t.statuses.retired}</span>}
          </>
        }
        actions={
          <>
            {maySpin && <Button onClick={spinIt}>{t.spinIt}</Button>}
            <SpinnerMenu
              spinner={spinner}
              spins={figures?.spins}
              onDeleted={() => navigate(paths.spinners(company.slug))}
            />
          </>
        }
      >
        <ProblemAlert
          error={statistics.error ?? spins.error}
          retry={() => Promise.all([statistics.refetch(), spins.refetch()])}
        />
        <Figures now={figures} />
        <section className="surface section">
          <div className="section-head">
            <h2>{texts.spins.title}</h2>
          </div>
          {rows?.length === 0 ? <p className="hint">{t.noSpins}</p> : <SpinTable spins={rows} ofOne />}
        </section>
        <LoadMore query={spins} />
      </Page>
    </>
  )
}

function BackLink() {
  return (
    <Link {...paths.spinners(useCompany().slug)} className="back">
      <IconArrowLeft size={16} aria-hidden="true" />
      {t.back}
    </Link>
  )
}

function Missing() {
  return (
    <Page title={t.title} company={useCompany().name}>
      <Empty title={t.missingTitle} action={<BackLink />}>
        {t.missing}
      </Empty>
    </Page>
  )
}
