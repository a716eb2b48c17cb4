import type { Company, CreateCompany, Member } from '@spintrack/contract/companies'
import type { LogIn, Session, SignUp } from '@spintrack/contract/session'
import type { CreateSpinner, Spinner, SpinnerListQuery, UpdateSpinner } from '@spintrack/contract/spinners'
import type { CreateSpin, Spin, SpinListQuery, UpdateSpin } from '@spintrack/contract/spins'
import type { SpinnerStatistics, StatisticsQuery, Summary } from '@spintrack/contract/statistics'
import { ApiError } from './api-error.ts'
import { logInAgain } from './log-in-again.ts'

export type Page<T> = { items: T[]; nextCursor: string | null }

/**
 * The API, one function per route. What lies inside a company takes its slug, and the caller has it from the page's
 * address: two tabs on two companies then never mix. Each throws ApiError.
 */
export const api = {
  signUp: (body: SignUp) => send<Session>('POST', '/signup', { body }),
  logIn: (body: LogIn) => send<Session>('POST', '/session', { body }),
  session: () => send<Session>('GET', '/session'),
  logOut: () => send<void>('DELETE', '/session'),
  chooseCompany: (companyId: string) => send<Session>('PUT', '/session/company', { body: { companyId } }),
  createCompany: (body: CreateCompany) => send<Company>('POST', '/companies', { body }),

  company: (company: string) => send<Company>('GET', '/company', { company }),
  members: (company: string, query: { cursor?: string | undefined; limit?: number }) =>
    send<Page<Member>>('GET', '/members', { company, query }),

  spinners: (company: string, query: SpinnerListQuery) => send<Page<Spinner>>('GET', '/spinners', { company, query }),
  spinner: (company: string, id: string) => send<Spinner>('GET', `/spinners/${id}`, { company }),
  createSpinner: (company: string, body: CreateSpinner) => send<Spinner>('POST', '/spinners', { company, body }),
  updateSpinner: (company: string, spinner: Spinner, body: UpdateSpinner) =>
    send<Spinner>('PATCH', `/spinners/${spinner.id}`, { company, body, version: spinner.version }),
  deleteSpinner: (company: string, id: string) => send<void>('DELETE', `/spinners/${id}`, { company }),

  spins: (company: string, query: SpinListQuery) => send<Page<Spin>>('GET', '/spins', { company, query }),
  createSpin: (company: string, body: CreateSpin) => send<Spin>('POST', '/spins', { company, body }),
  updateSpin: (company: string, id: string, body: UpdateSpin) => send<Spin>('PATCH', `/spins/${id}`, { company, body }),
  deleteSpin: (company: string, id: string) => send<void>('DELETE', `/spins/${id}`, { company }),

  summary: (company: string, query: StatisticsQuery) => send<Summary>('GET', '/statistics/summary', { company, query }),
  spinnerStatistics: (company: string, query: StatisticsQuery) =>
    send<{ items: SpinnerStatistics[] }>('GET', '/statistics/spinners', { company, query }),
}

type Options = { company?: string; query?: Record<string, unknown>; body?: unknown; version?: number }

async function send<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const { company, query = {}, body, version } = options
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  const response = await fetch(`/api/v1${path}${search.size ? `?${search}` : ''}`, {
    method,
    headers: {
      ...(company && { 'X-Company': company }),
      ...(version && { 'If-Match': `"${version}"` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(undefined, 0)
  })
  if (response.ok) return response.status === 204 ? (undefined as T) : response.json()
  const error = new ApiError(await response.json().catch(() => undefined), response.status)
  if (error.code === 'unauthenticated' && (await logInAgain())) return send(method, path, options)
  throw error
}
