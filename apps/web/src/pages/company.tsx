import { Outlet, useParams } from '@tanstack/react-router'
import type { CompanySummary } from '../api.ts'
import { CompanyList } from '../components/company-list.tsx'
import { LoggedIn } from '../components/logged-in.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { Shell } from '../components/shell.tsx'
import { UserMenu } from '../components/user-menu.tsx'
import { CompanyContext } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.company

/** Everything under /c/:slug. The company is the one of the address; who may enter is asked of the session each time. */
export function CompanyLayout() {
  const { slug } = useParams({ from: '/c/$slug' })
  return (
    <LoggedIn>
      {({ companies }) => {
        const company = companies.find(one => one.slug === slug)
        const others = companies.filter(one => one !== company)
        if (!company) return <Shut title={t.lostTitle} lead={t.lost(slug)} others={others} />
        if (company.state !== 'ready') {
          return <Shut title={t.closedTitle(company.name)} lead={t.closed[company.state]} others={others} />
        }
        // The key drops everything the page remembered of the company before: no row, filter or half-open menu survives.
        return (
          <CompanyContext key={company.id} value={company}>
            <Shell>
              <Outlet />
            </Shell>
          </CompanyContext>
        )
      }}
    </LoggedIn>
  )
}

/** Says plainly why the company cannot be opened, and where else one can go. */
function Shut({ title, lead, others }: { title: string; lead: string; others: CompanySummary[] }) {
  return (
    <PlainPage title={title} lead={lead} aside={<UserMenu />}>
      {others.length > 0 && (
        <>
          <h2>{t.lostOthers}</h2>
          <CompanyList companies={others} />
        </>
      )}
    </PlainPage>
  )
}
