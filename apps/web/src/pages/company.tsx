import { Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { LoggedIn } from '../components/logged-in.tsx'
import { Shell } from '../components/shell.tsx'
import { Live, ShutCompany } from '../drawers.tsx'
import { queryClient } from '../query-client.ts'
import { CompanyContext, useSession } from '../session.ts'

/** Everything under /c/:slug. The company is the one of the address; who may enter is asked of the session each time. */
export function CompanyLayout() {
  const { slug } = useParams({ from: '/c/$slug' })
  return <LoggedIn>{() => <CompanyAt slug={slug} />}</LoggedIn>
}

function CompanyAt({ slug }: { slug: string }) {
  const { companies } = useSession()
  const company = useCompanyAt(slug)
  if (company?.state !== 'ready') {
    return <ShutCompany slug={slug} company={company} others={companies.filter(one => one !== company)} />
  }
  // The key drops everything the page remembered of the company before: no row, filter or half-open menu survives.
  return (
    <CompanyContext key={company.id} value={company}>
      <Shell>
        <Outlet />
      </Shell>
      <Live />
    </CompanyContext>
  )
}

/** The company at an address. One that gets another address while its tab is open stays, and the tab moves there. */
function useCompanyAt(slug: string) {
  const { companies } = useSession()
  const navigate = useNavigate()
  const seen = useRef(new Map<string, string>())
  const company = companies.find(one => one.slug === slug) ?? companies.find(({ id }) => id === seen.current.get(slug))
  const now = company?.slug
  useEffect(() => {
    if (company) seen.current.set(slug, company.id)
    if (company === undefined || now === slug) return
    // What was asked for at the old address was refused.
    void queryClient.invalidateQueries({ queryKey: [company.id] })
    const { pathname, search, hash } = window.location
    void navigate({ href: pathname.replace(`/c/${slug}`, `/c/${now}`) + search + hash, replace: true })
  }, [company, slug, now, navigate])
  return company
}
