import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Spinner } from '../api.ts'
import { formatAgo } from '../dates.ts'
import { SpinnerMenu } from '../drawers.tsx'
import { formatDuration } from '../duration.ts'
import { useNames } from '../names.ts'
import { paths } from '../paths.ts'
import { spinnerStatisticsQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import type { SpinnerChoice } from '../spinner-choice.ts'
import { texts } from '../texts.ts'
import { Choose, ChooseAll } from './choose.tsx'
import { Dot } from './dot.tsx'

const t = texts.spinners

type Props = { spinners: Spinner[]; choice: SpinnerChoice | null }

/** Spinners with their figures; with `choice`, each can be chosen for something to be done with several. */
export function SpinnerTable({ spinners, choice }: Props) {
  const company = useCompany()
  const { member } = useNames()
  const { data: statistics } = useQuery(spinnerStatisticsQuery(company, 'all'))
  const of = (id: string) => statistics?.find(row => row.spinnerId === id)
  return (
    <table className="rows spinner-table">
      <thead>
        <tr>
          {choice && (
            <th scope="col" className="choose">
              <ChooseAll spinners={spinners} choice={choice} />
            </th>
          )}
          <th scope="col">{t.name}</th>
          <th scope="col" className="wide-only">
            {t.keeper}
          </th>
          <th scope="col" className="wide-only">
            {t.lastSpin}
          </th>
          <th scope="col" className="number">
            {texts.figures.average}
          </th>
          <th scope="col" className="number wide-only">
            {texts.figures.count}
          </th>
          <th scope="col">
            <span className="sr-only">{texts.edit}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {spinners.map(spinner => {
          const { averageDurationMs, spins, lastSpinAt } = of(spinner.id) ?? {}
          return (
            <tr key={spinner.id} data-retired={spinner.status === 'retired'} data-chosen={choice?.has(spinner)}>
              {choice && (
                <td className="choose">
                  <Choose spinner={spinner} choice={choice} />
                </td>
              )}
              <th scope="row">
                <div className="spinner-name">
                  <Dot colour={spinner.colour} />
                  <span>
                    <Link {...paths.spinner(company.slug, spinner.id)}>{spinner.name}</Link>
                    <small>
                      <code>{spinner.serialNumber}</code>
                      {spinner.model && ` · ${spinner.model}`}
                    </small>
                  </span>
                  {spinner.status === 'retired' && <span className="tag">{t.statuses.retired}</span>}
                </div>
              </th>
              <td className="wide-only">{(spinner.memberId && member(spinner.memberId)) || texts.figures.none}</td>
              <td className="wide-only">{lastSpinAt ? formatAgo(lastSpinAt) : texts.figures.none}</td>
              <td className="number figures">
                {averageDurationMs ? formatDuration(averageDurationMs) : texts.figures.none}
              </td>
              <td className="number figures wide-only">{spins ?? texts.figures.none}</td>
              <td className="row-menu">
                <SpinnerMenu spinner={spinner} spins={spins} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
