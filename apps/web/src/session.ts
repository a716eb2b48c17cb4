import { notifications } from '@mantine/notifications'
import { ApiProblem } from '@spintrack/client/problem'
import { queryOptions } from '@tanstack/react-query'
import type { AnyRouter } from '@tanstack/react-router'
import { createContext, use } from 'react'
import { api, type CompanySummary, type Session } from './api.ts'
import { forgetUnanswered } from './idempotency.ts'
import { forgetChosenSpinners } from './last-spinner.ts'
import { armLogInAgain, finishLogInAgain } from './log-in-again.ts'
import { paths } from './paths.ts'
import { queryClient } from './query-client.ts'
import { forgetStopwatch } from './stopwatch.ts'
import { texts } from './texts.ts'

/** Who is logged in, or null. */
export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: readSession, staleTime: 60_000 })

export const SessionContext = createContext<Session | null>(null)
export const CompanyContext = createContext<CompanySummary | null>(null)

/** The session of the page shown. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('useSession is for pages inside LoggedIn')
  return session
}

/** The company the page's address names, with the caller's role in it. */
export function useCompany(): CompanySummary {
  const company = use(CompanyContext)
  if (!company) throw new Error('useCompany is for pages under /c/:slug')
  return company
}

/** Asks anew who is logged in and which companies they have, as after a change of one of them. */
export function refreshSession(): Promise<Session | null> {
  return queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

/** Puts a session just answered by the API in place, in this tab and, when somebody logged in, in the others. */
export function enter(session: Session, options: { tellOtherTabs: boolean }) {
  armLogInAgain(true)
  queryClient.setQueryData(sessionQuery.queryKey, session)
  if (options.tellOtherTabs) channel.postMessage({ type: 'logged-in', userId: session.user.id } satisfies Message)
}

/** Ends the session on the server, then forgets everything in every tab. */
export async function logOut(router: AnyRouter) {
  armLogInAgain(false)
  try {
    await api.logOut()
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === 'unauthenticated')) {
      armLogInAgain(true)
      throw error
    }
  }
  channel.postMessage({ type: 'logged-out' } satisfies Message)
  await forgetEverything(router)
}

/** Follows what other tabs say: one log-out empties all, another person logging in empties what the first one saw. */
export function followOtherTabs(router: AnyRouter) {
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.type === 'logged-out') return void forgetEverything(router)
    const known = queryClient.getQueryData(sessionQuery.queryKey)
    if (known?.user.id === data.userId) return finishLogInAgain(true)
    if (known) void forgetEverything(router)
    else void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey, exact: true })
  }
  // A page the browser kept frozen heard nothing of a log-out meanwhile.
  window.addEventListener('pageshow', event => event.persisted && window.location.reload())
}

/** Empties this tab. The session goes first: without it no page draws anything, so no row outlives the log-out. */
export async function forgetEverything(router: AnyRouter) {
  armLogInAgain(false)
  finishLogInAgain(false)
  await queryClient.cancelQueries()
  queryClient.setQueryData(sessionQuery.queryKey, null)
  document.title = texts.product
  notifications.clean()
  forgetStopwatch()
  forgetUnanswered()
  forgetChosenSpinners()
  await router.navigate({ ...paths.logIn(), replace: true })
  queryClient.clear()
}

type Message = { type: 'logged-out' } | { type: 'logged-in'; userId: string }

const channel = new BroadcastChannel('spintrack')

async function readSession(): Promise<Session | null> {
  try {
    const session = await api.session()
    armLogInAgain(true)
    return session
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'unauthenticated') return null
    throw error
  }
}
