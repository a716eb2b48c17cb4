import { createSpintrackClient } from '@spintrack/client/client'
import type { operations } from '@spintrack/client/generated/schema'
import { unwrap } from '@spintrack/client/problem'
import type { Shape } from '@spintrack/client/shapes'
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
export type Webhook = Shape<'Webhook'>
export type NewWebhook = Shape<'NewWebhook'>
export type WebhookSecret = Shape<'WebhookSecret'>
export type Delivery = Shape<'Delivery'>
export type Summary = Shape<'Summary'>
export type Template = Shape<'Template'>
export type Export = Shape<'Export'>
export type Copy = Shape<'Copy'>
export type ImportReport = Shape<'ImportReport'>
export type Member = Shape<'Member'>
export type Invitation = Shape<'Invitation'>
export type NewInvitation = Shape<'NewInvitation'>
export type MySession = Shape<'MySession'>
export type Invite = Shape<'Invite'>
export type MyInvite = Shape<'MyInvite'>
export type Page<T> = { items: T[]; nextCursor: string | null }

/** It tries once: what never arrived is said at once, and whoever tries again does so under the same key. */
const client = createSpintrackClient({ fetch: underKey(fetchOrLogInAgain), retries: false })

/**
 * The API, one function per route. What lies inside a company takes its slug, and the caller has it from the page's
 * address: two tabs on two companies then never mix. Each throws ApiProblem.
 */
export const api = {
  signUp: (body: Body<'signUp'>) => unwrap(client.POST('/api/v1/signup', { body })),
  logIn: (body: Body<'logIn'>) => unwrap(client.POST('/api/v1/session', { body })),
  confirmByLink: (token: string) =>
    unwrap(client.PUT('/api/v1/email-verifications/{token}', { params: { path: { token } } })),
  confirmByCode: (body: Body<'confirmEmailByCode'>) => unwrap(client.POST('/api/v1/email-verifications', { body })),
  requestPasswordReset: (body: Body<'requestPasswordReset'>) =>
    unwrap(client.POST('/api/v1/password-resets', { body })),
  resetPassword: (token: string, body: Body<'resetPassword'>) =>
    unwrap(client.PUT('/api/v1/password-resets/{token}', { params: { path: { token } }, body })),
  updateMe: (body: Body<'updateMe'>) => unwrap(client.PATCH('/api/v1/me', { body })),
  verifyMyEmail: () => unwrap(client.POST('/api/v1/me/email-verification')),
  mySessions: (query: Query<'listMySessions'>) => unwrap(client.GET('/api/v1/me/sessions', { params: { query } })),
  endMySession: (id: string) => unwrap(client.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id } } })),
  endOtherSessions: () => unwrap(client.DELETE('/api/v1/me/sessions')),
  changePassword: (body: Body<'changePassword'>) => unwrap(client.PUT('/api/v1/me/password', { body })),
  session: () => unwrap(client.GET('/api/v1/session')),
  logOut: () => unwrap(client.DELETE('/api/v1/session')),
  chooseCompany: (companyId: string) => unwrap(client.PUT('/api/v1/session/company', { body: { companyId } })),
  createCompany: (body: Body<'createCompany'>) => unwrap(client.POST('/api/v1/companies', { body })),

  company: (company: string) => unwrap(client.GET('/api/v1/company', within(company))),
  /** Refused with `stale_version` when somebody changed the company since `version`. */
  updateCompany: (company: string, version: number, body: Body<'updateCompany'>) =>
    unwrap(client.PATCH('/api/v1/company', { ...within(company, version), body })),
  deleteCompany: (company: string, body: Body<'deleteCompany'>) =>
    unwrap(client.DELETE('/api/v1/company', { ...within(company), body })),
  undoDeletion: (company: string) => unwrap(client.DELETE('/api/v1/company/deletion', within(company))),
  resetDemo: (company: string) => unwrap(client.PUT('/api/v1/company/demo', within(company))),
  keepDemo: (company: string) => unwrap(client.DELETE('/api/v1/company/demo', within(company))),
  logo: (company: string) => unwrap(client.GET('/api/v1/company/logo', { ...within(company), parseAs: 'blob' })),
  putLogo: (company: string, image: File) => {
    const headers = { ...within(company).headers, 'Content-Type': image.type }
    return unwrap(client.PUT('/api/v1/company/logo', { headers, body: image, bodySerializer: () => image }))
  },
  deleteLogo: (company: string) => unwrap(client.DELETE('/api/v1/company/logo', within(company))),

  templates: (query: Query<'listTemplates'>) => unwrap(client.GET('/api/v1/templates', { params: { query } })),
  createTemplate: (company: string, body: Body<'createTemplate'>) =>
    unwrap(client.POST('/api/v1/templates', { ...within(company), body })),
  deleteTemplate: (id: string) => unwrap(client.DELETE('/api/v1/templates/{id}', { params: { path: { id } } })),
  createCopy: (company: string, body: Body<'createCopy'>) =>
    unwrap(client.POST('/api/v1/copies', { ...within(company), body })),

  exports: (company: string, query: Query<'listExports'>) =>
    unwrap(client.GET('/api/v1/exports', { ...within(company), params: { query } })),
  createExport: (company: string) => unwrap(client.POST('/api/v1/exports', within(company))),
  deleteExport: (company: string, id: string) =>
    unwrap(client.DELETE('/api/v1/exports/{id}', { ...within(company), params: { path: { id } } })),

  members: (company: string, query: Query<'listMembers'>) =>
    unwrap(client.GET('/api/v1/members', { ...within(company), params: { query } })),

  updateMember: (company: string, id: string, body: Body<'updateMember'>) =>
    unwrap(client.PATCH('/api/v1/members/{id}', { ...within(company), params: { path: { id } }, body })),
  removeMember: (company: string, id: string) =>
    unwrap(client.DELETE('/api/v1/members/{id}', { ...within(company), params: { path: { id } } })),
  leave: (company: string) => unwrap(client.DELETE('/api/v1/company/membership', within(company))),
  transferOwnership: (company: string, body: Body<'transferOwnership'>) =>
    unwrap(client.PUT('/api/v1/company/owner', { ...within(company), body })),

  invitations: (company: string, query: Query<'listInvitations'>) =>
    unwrap(client.GET('/api/v1/invitations', { ...within(company), params: { query } })),
  createInvitation: (company: string, body: Body<'createInvitation'>) =>
    unwrap(client.POST('/api/v1/invitations', { ...within(company), body })),
  renewInvitation: (company: string, id: string) =>
    unwrap(client.PUT('/api/v1/invitations/{id}/link', { ...within(company), params: { path: { id } } })),
  deleteInvitation: (company: string, id: string) =>
    unwrap(client.DELETE('/api/v1/invitations/{id}', { ...within(company), params: { path: { id } } })),
  invite: (token: string) => unwrap(client.GET('/api/v1/invites/{token}', { params: { path: { token } } })),
  /** `token` is the last part of a link, or the id of one of `myInvites`. */
  decideInvite: (token: string, body: Body<'decideInvite'>) =>
    unwrap(client.PUT('/api/v1/invites/{token}', { params: { path: { token } }, body })),
  myInvites: (query: Query<'listMyInvites'>) => unwrap(client.GET('/api/v1/me/invites', { params: { query } })),

  tokens: (company: string, query: Query<'listTokens'>) =>
    unwrap(client.GET('/api/v1/tokens', { ...within(company), params: { query } })),
  createToken: (company: string, body: Body<'createToken'>) =>
    unwrap(client.POST('/api/v1/tokens', { ...within(company), body })),
  deleteToken: (company: string, id: string) =>
    unwrap(client.DELETE('/api/v1/tokens/{id}', { ...within(company), params: { path: { id } } })),

  webhooks: (company: string, query: Query<'listWebhooks'>) =>
    unwrap(client.GET('/api/v1/webhooks', { ...within(company), params: { query } })),
  createWebhook: (company: string, body: Body<'createWebhook'>) =>
    unwrap(client.POST('/api/v1/webhooks', { ...within(company), body })),
  updateWebhook: (company: string, { id, version }: Webhook, body: Body<'updateWebhook'>) =>
    unwrap(client.PATCH('/api/v1/webhooks/{id}', { ...within(company, version), params: { path: { id } }, body })),
  deleteWebhook: (company: string, id: string) =>
    unwrap(client.DELETE('/api/v1/webhooks/{id}', { ...within(company), params: { path: { id } } })),
  rotateWebhookSecret: (company: string, id: string) =>
    unwrap(client.POST('/api/v1/webhooks/{id}/secret', { ...within(company), params: { path: { id } } })),
  deliveries: (company: string, id: string, query: Query<'listDeliveries'>) =>
    unwrap(client.GET('/api/v1/webhooks/{id}/deliveries', { ...within(company), params: { path: { id }, query } })),
  redeliver: (company: string, id: string, body: Body<'redeliver'>) =>
    unwrap(client.POST('/api/v1/webhooks/{id}/redeliveries', { ...within(company), params: { path: { id } }, body })),

  spinners: (company: string, query: Query<'listSpinners'>) =>
    unwrap(client.GET('/api/v1/spinners', { ...within(company), params: { query } })),
  spinner: (company: string, id: string) =>
    unwrap(client.GET('/api/v1/spinners/{id}', { ...within(company), params: { path: { id } } })),
  createSpinner: (company: string, body: Body<'createSpinner'>) =>
    unwrap(client.POST('/api/v1/spinners', { ...within(company), body })),
  /** Refused with `stale_version` when somebody changed the spinner since `spinner` was read. */
  updateSpinner: (company: string, { id, version }: Spinner, body: Body<'updateSpinner'>) =>
    unwrap(client.PATCH('/api/v1/spinners/{id}', { ...within(company, version), params: { path: { id } }, body })),
  deleteSpinner: (company: string, id: string) =>
    unwrap(client.DELETE('/api/v1/spinners/{id}', { ...within(company), params: { path: { id } } })),

  spins: (company: string, query: Query<'listSpins'>) =>
    unwrap(client.GET('/api/v1/spins', { ...within(company), params: { query } })),
  createSpin: (company: string, body: Body<'createSpin'>) =>
    unwrap(client.POST('/api/v1/spins', { ...within(company), body })),
  updateSpin: (company: string, id: string, body: Body<'updateSpin'>) =>
    unwrap(client.PATCH('/api/v1/spins/{id}', { ...within(company), params: { path: { id } }, body })),
  deleteSpin: (company: string, id: string) =>
    unwrap(client.DELETE('/api/v1/spins/{id}', { ...within(company), params: { path: { id } } })),

  importSpins: (company: string, file: File, query: Query<'importSpins'>, headers: Sent) =>
    unwrap(client.POST('/api/v1/spins/import', { ...whole(company, file, headers), params: { query } })),
  importSpinners: (company: string, file: File, query: Query<'importSpinners'>, headers: Sent) =>
    unwrap(client.POST('/api/v1/spinners/import', { ...whole(company, file, headers), params: { query } })),

  summary: (company: string, query: Query<'getSummary'>) =>
    unwrap(client.GET('/api/v1/statistics/summary', { ...within(company), params: { query } })),
  spinnerStatistics: (company: string, query: Query<'listSpinnerStatistics'>) =>
    unwrap(client.GET('/api/v1/statistics/spinners', { ...within(company), params: { query } })),
}

type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { 'application/json': infer Sent } }
}
  ? Sent
  : never

type Query<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>

type Sent = Record<string, string>

/** A file as it is. It is not looked into to see whether it was sent before, so whoever sends it names the key. */
function whole(company: string, file: File, headers: Sent) {
  return { headers: { ...within(company).headers, ...headers }, body: file, bodySerializer: () => file }
}

function within(company: string, version?: number) {
  return { headers: { 'X-Company': company, ...(version !== undefined && { 'If-Match': `"${version}"` }) } }
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
