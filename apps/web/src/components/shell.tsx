import { useNetwork } from '@mantine/hooks'
import { allows } from '@spintrack/contract/permissions'
import { IconFidgetSpinner, IconHistory, IconLayoutDashboard, IconSettings, IconUsers } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { type CSSProperties, type ReactNode, useEffect, useRef } from 'react'
import { DemoBanner, UserMenu } from '../drawers.tsx'
import { paths } from '../paths.ts'
import { companyQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import { useStopwatch } from '../stopwatch.ts'
import { texts } from '../texts.ts'
import { CompanySwitcher } from './company-switcher.tsx'
import { Mark } from './mark.tsx'
import { RunningStopwatch } from './running-stopwatch.tsx'

/** What stands around every page of a company. On a narrow screen the navigation moves under the thumb. */
export function Shell({ children }: { children: ReactNode }) {
  const company = useCompany()
  const { online } = useNetwork()
  const running = useStopwatch()
  // Also read ahead: whoever adds a spin is by default the one who spun.
  const { data } = useQuery(companyQuery(company))
  useFocusAfterNavigation()
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {texts.skip}
      </a>
      <header
        className="shell-head"
        style={company.colour ? ({ '--company': company.colour } as CSSProperties) : undefined}
      >
        <Link
          {...paths.company(company.slug)}
          className="shell-mark"
          aria-label={`${texts.product}, ${texts.nav.dashboard}`}
        >
          <Mark size={30} spinning={running !== null} />
        </Link>
        <CompanySwitcher />
        <nav className="shell-nav" aria-label={texts.nav.label}>
          <Link {...paths.company(company.slug)} activeOptions={{ exact: true, includeSearch: false }}>
            <IconLayoutDashboard size={18} aria-hidden="true" />
            {texts.nav.dashboard}
          </Link>
          <Link {...paths.spinners(company.slug)} activeOptions={{ includeSearch: false }}>
            <IconFidgetSpinner size={18} aria-hidden="true" />
            {texts.nav.spinners}
          </Link>
          <Link {...paths.spins(company.slug)} activeOptions={{ includeSearch: false }}>
            <IconHistory size={18} aria-hidden="true" />
            {texts.nav.spins}
          </Link>
          <Link {...paths.members(company.slug)}>
            <IconUsers size={18} aria-hidden="true" />
            {texts.nav.members}
          </Link>
          {allows(company.role, 'company.update') && (
            <Link {...paths.settings(company.slug)} activeOptions={{ includeHash: false }}>
              <IconSettings size={18} aria-hidden="true" />
              {texts.nav.settings}
            </Link>
          )}
        </nav>
        <div className="shell-end">
          <RunningStopwatch />
          <UserMenu />
        </div>
      </header>
      {!online && (
        <p className="offline" role="status">
          {texts.offline}
        </p>
      )}
      {data?.demoExpiresAt && <DemoBanner expiresAt={data.demoExpiresAt} />}
      <main className="shell-main" id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}

/** A link that leaves with its page takes the focus along; the next page's content gets it then. */
function useFocusAfterNavigation() {
  const { pathname } = useLocation()
  const shown = useRef(pathname)
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    if (document.activeElement === document.body) document.getElementById('content')?.focus({ preventScroll: true })
  }, [pathname])
}
