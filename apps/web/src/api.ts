import { createSpintrackClient } from '@spintrack/client/client'
import type { operations } from '@spintrack/client/generated/schema'
import type { Shape } from '@spintrack/client/shapes'
import { ApiError } from './api-error.ts'
import { underKey } from './idempotency.ts'
import { logInAgain } from './log-in-again.ts'

export type Session = Shape<'Session'>
export type Company = Shape<'Company'>
export type CompanySummary = Shape<'CompanySummary'>
export type Spinner = Shape<'Spinner'>
export type SpinnerStatistics = Shape<'SpinnerStatistics'>
export type Spin = Shape<'Spin'>
export type Token = Shape<'Token'>
export type NewToken = Shape<'NewToken'>
export type Summary = Shape<'Summary'>
export type Template = Shape<'Template'>
export type Export = Shape<'Export'>
export type Copy = Shape<'Copy'>
export type Page<T> = { items: T[]; nextCursor: string | null }

const client = createSpintrackClient({ fetch: underKey(fetchOrLogInAgain) })

/**
 * The API, one function per route. What lies inside a company takes its slug, and the caller has it from the page's
 * address: two tabs on two companies then never mix. Each throws ApiError.
 */
export const api = {
  signUp: (body: Body<'signUp'>) => answer(client.POST('/api/v1/signup', { body })),
  logIn: (body: Body<'logIn'>) => answer(client.POST('/api/v1/session', { body })),
  session: () => answer(client.GET('/api/v1/session')),
  logOut: () => answer(client.DELETE('/api/v1/session')),
  chooseCompany: (companyId: string) => answer(client.PUT('/api/v1/session/company', { body: { companyId } })),
  createCompany: (body: Body<'createCompany'>) => answer(client.POST('/api/v1/companies', { body })),

  company: (company: string) => answer(client.GET('/api/v1/company', within(company))),
  /** Refused with `stale_version` when somebody changed the company since `version`. */
  updateCompany: (company: string, version: number, body: Body<'updateCompany'>) =>
    answer(client.PATCH('/api/v1/company', { ...within(company, version), body })),
  deleteCompany: (company: string, body: Body<'deleteCompany'>) =>
    answer(client.DELETE('/api/v1/company', { ...within(company), body })),
  undoDeletion: (company: string) => answer(client.DELETE('/api/v1/company/deletion', within(company))),
  resetDemo: (company: string) => answer(client.PUT('/api/v1/company/demo', within(company))),
  keepDemo: (company: string) => answer(client.DELETE('/api/v1/company/demo', within(company))),
  logo: (company: string) => answer(client.GET('/api/v1/company/logo', { ...within(company), parseAs: 'blob' })),
  putLogo: (company: string, image: File) => {
    const headers = { ...within(company).headers, 'Content-Type': image.type }
    return answer(client.PUT('/api/v1/company/logo', { headers, body: image, bodySerializer: () => image }))
  },
  deleteLogo: (company: string) => answer(client.DELETE('/api/v1/company/logo', within(company))),

  templates: (query: Query<'listTemplates'>) => answer(client.GET('/api/v1/templates', { params: { query } })),
  createTemplate: (company: string, body: Body<'createTemplate'>) =>
    answer(client.POST('/api/v1/templates', { ...within(company), body })),
  deleteTemplate: (id: string) => answer(client.DELETE('/api/v1/templates/{id}', { params: { path: { id } } })),
  createCopy: (company: string, body: Body<'createCopy'>) =>
    answer(client.POST('/api/v1/copies', { ...within(company), body })),

  exports: (company: string, query: Query<'listExports'>) =>
    answer(client.GET('/api/v1/exports', { ...within(company), params: { query } })),
  createExport: (company: string) => answer(client.POST('/api/v1/exports', within(company))),
  deleteExport: (company: string, id: string) =>
    answer(client.DELETE('/api/v1/exports/{id}', { ...within(company), params: { path: { id } } })),

  members: (company: string, query: Query<'listMembers'>) =>
    answer(client.GET('/api/v1/members', { ...within(company), params: { query } })),

  tokens: (company: string, query: Query<'listTokens'>) =>
    answer(client.GET('/api/v1/tokens', { ...within(company), params: { query } })),
  createToken: (company: string, body: Body<'createToken'>) =>
    answer(client.POST('/api/v1/tokens', { ...within(company), body })),
  deleteToken: (company: string, id: string) =>
    answer(client.DELETE('/api/v1/tokens/{id}', { ...within(company), params: { path: { id } } })),

  spinners: (company: string, query: Query<'listSpinners'>) =>
    answer(client.GET('/api/v1/spinners', { ...within(company), params: { query } })),
  spinner: (company: string, id: string) =>
    answer(client.GET('/api/v1/spinners/{id}', { ...within(company), params: { path: { id } } })),
  createSpinner: (company: string, body: Body<'createSpinner'>) =>
    answer(client.POST('/api/v1/spinners', { ...within(company), body })),
  /** Refused with `stale_version` when somebody changed the spinner since `spinner` was read. */
  updateSpinner: (company: string, { id, version }: Spinner, body: Body<'updateSpinner'>) =>
    answer(client.PATCH('/api/v1/spinners/{id}', { ...within(company, version), params: { path: { id } }, body })),
  deleteSpinner: (company: string, id: string) =>
    answer(client.DELETE('/api/v1/spinners/{id}', { ...within(company), params: { path: { id } } })),

  spins: (company: string, query: Query<'listSpins'>) =>
    answer(client.GET('/api/v1/spins', { ...within(company), params: { query } })),
  createSpin: (company: string, body: Body<'createSpin'>) =>
    answer(client.POST('/api/v1/spins', { ...within(company), body })),
  updateSpin: (company: string, id: string, body: Body<'updateSpin'>) =>
    answer(client.PATCH('/api/v1/spins/{id}', { ...within(company), params: { path: { id } }, body })),
  deleteSpin: (company: string, id: string) =>
    answer(client.DELETE('/api/v1/spins/{id}', { ...within(company), params: { path: { id } } })),

  summary: (company: string, query: Query<'getSummary'>) =>
    answer(client.GET('/api/v1/statistics/summary', { ...within(company), params: { query } })),
  spinnerStatistics: (company: string, query: Query<'listSpinnerStatistics'>) =>
    answer(client.GET('/api/v1/statistics/spinners', { ...within(company), params: { query } })),
}

type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { 'application/json': infer Sent } }
}
  ? Sent
  : never

type Query<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>

function within(company: string, version?: number) {
  return { headers: { 'X-Company': company, ...(version !== undefined && { 'If-Match': `"${version}"` }) } }
}

async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call.catch(() => {
    throw new ApiError(undefined, 0)
  })
  if (!response.ok) throw new ApiError(error as Partial<Shape<'Problem'>>, response.status)
  return data as T
}

/** A session that ended is begun again in place, and the request sent once more. */
async function fetchOrLogInAgain(request: Request): Promise<Response> {
  const again = request.clone()
  const response = await fetch(request)
  if (response.status !== 401) return response
  const problem: Partial<Shape<'Problem'>> = await response
    .clone()
    .json()
    .catch(() => ({}))
  return problem.code === 'unauthenticated' && (await logInAgain()) ? fetchOrLogInAgain(again) : response
}
