import { Link } from '@tanstack/react-router'
import type { CompanySummary } from '../api.ts'
import { inkOn } from '../colours.ts'
import { formatAgo } from '../dates.ts'
import { paths } from '../paths.ts'
import { texts } from '../texts.ts'

export function CompanyList({ companies }: { companies: CompanySummary[] }) {
  return (
    <ul className="company-list">
      {companies.map(company => (
        <li key={company.id}>
          <Link {...paths.company(company.slug)} className="company-row">
            <CompanyLines company={company} />
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** A company in a list: what it is called, what one may do there, when it was last opened and by whom. */
export function CompanyLines({ company }: { company: CompanySummary }) {
  const { name, role, state, lastOpenedAt, lastOpenedBy } = company
  return (
    <>
      <CompanyBadge company={company} />
      <span className="company-lines">
        <span>
          <strong>{name}</strong> {state !== 'ready' && <span className="tag">{texts.company.states[state]}</span>}
        </span>
        <small>
          {texts.roles[role]}
          {' · '}
          {lastOpenedAt ? texts.company.opened(formatAgo(lastOpenedAt), lastOpenedBy?.name) : texts.company.neverOpened}
        </small>
      </span>
    </>
  )
}

type BadgeProps = { company: Pick<CompanySummary, 'name' | 'colour'> }

export function CompanyBadge({ company: { name, colour } }: BadgeProps) {
  const style = colour ? { background: colour, color: inkOn(colour) } : undefined
  return (
    <span className="company-badge" style={style} aria-hidden="true">
      {[...name][0]?.toLocaleUpperCase()}
    </span>
  )
}
