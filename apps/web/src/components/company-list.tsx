import { Link } from '@tanstack/react-router'
import type { CompanySummary } from '../api.ts'
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
  const { name, role, lastOpenedAt, lastOpenedBy } = company
  return (
    <>
      <CompanyBadge name={name} />
      <span className="company-lines">
        <strong>{name}</strong>
        <small>
          {texts.roles[role]}
          {' · '}
          {lastOpenedAt ? texts.company.opened(formatAgo(lastOpenedAt), lastOpenedBy?.name) : texts.company.neverOpened}
        </small>
      </span>
    </>
  )
}

export function CompanyBadge({ name }: { name: string }) {
  return (
    <span className="company-badge" aria-hidden="true">
      {[...name][0]?.toLocaleUpperCase()}
    </span>
  )
}
