import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { LogInAgain } from './drawers.tsx'
import { useWaitingForLogIn } from './log-in-again.ts'
import { FailurePage, PageFailure } from './pages/failure.tsx'
import { LoadingPage } from './pages/loading.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { localPath, paths } from './paths.ts'
import { queryClient } from './query-client.ts'
import { companySearch, parseSearch, spinnersSearch, spinsSearch, stringifySearch } from './search.ts'
import { sessionQuery } from './session.ts'

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: function Root() {
    const sessionEnded = useWaitingForLogIn()
    return (
      <>
        <Outlet />
        {sessionEnded && <LogInAgain />}
      </>
    )
  },
})

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async () => {
    const session = await currentSession()
    if (!session) return
    const mine = [session.company, ...session.companies].filter(one => one !== null)
    // One that is closed only says so.
    const last = mine.find(({ state }) => state === 'ready') ?? mine[0]
    throw redirect(last ? paths.company(last.slug) : paths.newCompany())
  },
  component: lazyRouteComponent(() => import('./pages/landing.tsx'), 'LandingPage'),
})

const signUp = createRoute({
  getParentRoute: () => root,
  path: '/signup',
  validateSearch: ({ next }: Record<string, unknown>): { next?: string | undefined } => ({ next: localPath(next) }),
  beforeLoad: ({ search }) => leaveIfLoggedIn(search.next),
  component: lazyRouteComponent(() => import('./pages/sign-up.tsx'), 'SignUpPage'),
})

const logIn = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: ({ next }: Record<string, unknown>): { next?: string | undefined } => ({ next: localPath(next) }),
  beforeLoad: ({ search }) => leaveIfLoggedIn(search.next),
  component: lazyRouteComponent(() => import('./pages/log-in.tsx'), 'LogInPage'),
})

const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify/$token',
  component: lazyRouteComponent(() => import('./pages/verify.tsx'), 'VerifyPage'),
})

const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset',
  component: lazyRouteComponent(() => import('./pages/reset.tsx'), 'ResetPage'),
})

const newPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset/$token',
  component: lazyRouteComponent(() => import('./pages/new-password.tsx'), 'NewPasswordPage'),
})

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import('./pages/account.tsx'), 'AccountPage'),
})

const invite = createRoute({
  getParentRoute: () => root,
  path: '/invite/$token',
  component: lazyRouteComponent(() => import('./pages/invite.tsx'), 'InvitePage'),
})

const mail = createRoute({
  getParentRoute: () => root,
  path: '/mail',
  validateSearch: ({ id }: Record<string, unknown>): { id?: string | undefined } => ({
    id: typeof id === 'string' ? id : undefined,
  }),
  component: lazyRouteComponent(() => import('./pages/mail.tsx'), 'MailPage'),
})

const companies = createRoute({
  getParentRoute: () => root,
  path: '/companies',
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import('./pages/companies.tsx'), 'CompaniesPage'),
})

const newCompany = createRoute({
  getParentRoute: () => root,
  path: '/companies/new',
  beforeLoad: requireSession,
  component: lazyRouteComponent(() => import('./pages/new-company.tsx'), 'NewCompanyPage'),
})

const company = createRoute({
  getParentRoute: () => root,
  path: '/c/$slug',
  beforeLoad: async ({ location, params }) => {
    const session = await requireSession({ location })
    // Perhaps one was let in a moment ago, in another tab or by a colleague.
    if (!session.companies.some(({ slug }) => slug === params.slug)) await currentSession({ anew: true })
  },
  component: lazyRouteComponent(() => import('./pages/company.tsx'), 'CompanyLayout'),
})

const dashboard = createRoute({
  getParentRoute: () => company,
  path: '/',
  validateSearch: companySearch,
  component: lazyRouteComponent(() => import('./pages/dashboard.tsx'), 'DashboardPage'),
  errorComponent: PageFailure,
})

const spinners = createRoute({
  getParentRoute: () => company,
  path: '/spinners',
  validateSearch: spinnersSearch,
  component: lazyRouteComponent(() => import('./pages/spinners.tsx'), 'SpinnersPage'),
  errorComponent: PageFailure,
})

const spinner = createRoute({
  getParentRoute: () => company,
  path: '/spinners/$id',
  component: lazyRouteComponent(() => import('./pages/spinner.tsx'), 'SpinnerPage'),
  errorComponent: PageFailure,
})

const spins = createRoute({
  getParentRoute: () => company,
  path: '/spins',
  validateSearch: spinsSearch,
  component: lazyRouteComponent(() => import('./pages/spins.tsx'), 'SpinsPage'),
  errorComponent: PageFailure,
})

const members = createRoute({
  getParentRoute: () => company,
  path: '/members',
  component: lazyRouteComponent(() => import('./pages/members.tsx'), 'MembersPage'),
  errorComponent: PageFailure,
})

const settings = createRoute({
  getParentRoute: () => company,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings.tsx'), 'SettingsPage'),
  errorComponent: PageFailure,
})

const tokens = createRoute({
  getParentRoute: () => company,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./pages/tokens.tsx'), 'TokensPage'),
  errorComponent: PageFailure,
})

const webhooks = createRoute({
  getParentRoute: () => company,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./pages/webhooks.tsx'), 'WebhooksPage'),
  errorComponent: PageFailure,
})

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signUp,
    logIn,
    verify,
    reset,
    newPassword,
    account,
    invite,
    mail,
    companies,
    newCompany,
    company.addChildren([dashboard, spinners, spinner, spins, members, tokens, webhooks, settings]),
  ]),
  context: { queryClient },
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: FailurePage,
  defaultPendingComponent: LoadingPage,
  defaultPendingMs: 500,
  // An unknown page of a company is unknown altogether; drawn inside the company it would have two headers.
  notFoundMode: 'root',
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** The session as known, asked for when nobody is known to be logged in. */
async function currentSession({ anew = false } = {}) {
  const known = anew ? null : queryClient.getQueryData(sessionQuery.queryKey)
  return known ?? (await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 }))
}

async function requireSession({ location }: { location: { href: string } }) {
  const session = await currentSession()
  if (!session) throw redirect(paths.logIn(location.href))
  return session
}

async function leaveIfLoggedIn(next: string | undefined) {
  if (await currentSession()) throw next ? redirect({ href: next }) : redirect(paths.home())
}
