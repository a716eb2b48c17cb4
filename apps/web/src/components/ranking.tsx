import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { SpinnerStatistics } from '../api.ts'
import { formatDuration } from '../duration.ts'
import { paths } from '../paths.ts'
import { allSpinnersQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { Dot } from './dot.tsx'

/** Spinners by average duration: a table whose rows are bars, so that eyes and screen readers get the same. */
export function Ranking({ rows }: { rows: SpinnerStatistics[] | undefined }) {
  const company = useCompany()
  const { data: spinners = [] } = useQuery(allSpinnersQuery(company))
  if (!rows) return <Skeleton height={220} />
  const spun = rows.filter(row => row.averageDurationMs !== null)
  if (!spun.length) return <p className="hint">{texts.dashboard.rankingEmpty}</p>
  const longest = Math.max(...spun.map(row => row.averageDurationMs ?? 0))
  return (
    <table className="ranking">
      <thead className="sr-only">
        <tr>
          <th scope="col">{texts.spin.spinner}</th>
          <th scope="col">{texts.figures.average}</th>
          <th scope="col">{texts.figures.count}</th>
        </tr>
      </thead>
      <tbody>
        {spun.map(row => (
          <tr key={row.spinnerId}>
            <th scope="row">
              <Dot colour={spinners.find(({ id }) => id === row.spinnerId)?.colour} />
              <Link {...paths.spinner(company.slug, row.spinnerId)}>{row.name}</Link>
              <span
                className="bar"
                style={{ width: `${(100 * (row.averageDurationMs ?? 0)) / longest}%` }}
                aria-hidden="true"
              />
            </th>
            <td className="figures">{formatDuration(row.averageDurationMs ?? 0)}</td>
            <td className="figures ranking-count">{texts.ranking.spins(row.spins)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
