import type { Company } from '@spintrack/contract/companies'
import { type FileFormat, fileTypes } from '@spintrack/contract/file-types'
import type { Invitation, MyInvite } from '@spintrack/contract/invitations'
import type { Member } from '@spintrack/contract/members'
import type { Role } from '@spintrack/contract/permissions'
import type { Spinner } from '@spintrack/contract/spinners'
import type { Spin } from '@spintrack/contract/spins'
import type { Template } from '@spintrack/contract/templates'
import type { Token } from '@spintrack/contract/tokens'
import type { NewWebhook } from '@spintrack/contract/webhooks'
import { newId } from '@spintrack/domain/ids'
import { hashLinkSecret } from '@spintrack/domain/link-secret'
import type { Api, Person } from './api.ts'
import { seal, word } from './api.ts'
import { png } from './images.ts'
import type { Answer, Visitor } from './visitor.ts'

/** A company and one of everything in it, to be asked for by those who may and those who may not. */
export type Target = {
  owner: Person
  company: Company
  /** Has spins. */
  spinner: Spinner
  /** Has none, so that it can be deleted. */
  unspun: Spinner
  spin: Spin
  /** Another company of the owner. */
  other: Company
  template: Template
  /** One that is done. */
  exportId: string
  /** The owner's. */
  token: Token
  webhook: NewWebhook
  /** Of that webhook. */
  deliveryId: string
  /** Where an event stream told of all the above. */
  position: string
  /** Somebody who belongs to it and does not own it. */
  colleague: Pick<Member, 'id'>
  /** An open one to an address of nobody's, and what its link ends with. */
  invitation: Invitation
  inviteToken: string
  /** One of another company to the owner. */
  myInvite: MyInvite
  /** The public id of a session of the owner's. */
  sessionId: string
  /** Cursors that point into its lists. */
  cursors: Record<
    | 'companies'
    | 'members'
    | 'invitations'
    | 'invites'
    | 'sessions'
    | 'spinners'
    | 'spins'
    | 'statistics'
    | 'templates'
    | 'exports'
    | 'tokens'
    | 'webhooks',
    string
  >
}

/**
 * One request. `id` fills the address in; `own` and `ownId` stand in for the body and the id when the owner shows that the
 * route works, `prepare` is done before anybody asks, and `afterwards` once the owner has.
 */
export type Call = {
  id?: string
  query?: string
  body?: unknown
  own?: unknown
  ownId?: string
  headers?: Record<string, string>
  prepare?: (api: Api) => Promise<unknown>
  afterwards?: (api: Api) => Promise<unknown>
}

const period = '?from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'

/**
 * For every route, requests that name everything of the target that can be named there. The tests that walk all routes
 * take them from here, and fail for a route that is missing and for one that is gone.
 */
export const calls: Record<string, (target: Target) => Call[]> = {
  'GET /health/live': () => [{}],
  'GET /health/ready': () => [{}],
  'GET /api/openapi.json': () => [{}],
  'GET /api/docs': () => [{}],
  'GET /api/docs/reference.js': () => [{}],

  'POST /api/v1/signup': ({ owner }) => {
    const account = { email: owner.email, password: owner.password, name: 'Eve' }
    return [{ body: account, own: { ...account, email: `${word('new')}@example.com` } }]
  },
  'POST /api/v1/session': ({ owner: { email, password } }) => [
    { body: { email, password: 'not the password of it' }, own: { email, password } },
  ],
  'GET /api/v1/session': () => [{}],
  'DELETE /api/v1/session': () => [{}],
  'PUT /api/v1/session/company': ({ company }) => [{ body: { companyId: company.id } }],

  'PUT /api/v1/email-verifications/:token': ({ owner }) => [
    { id: 'none', ownId: linkOf(owner), prepare: api => awaitConfirmation(api, owner) },
  ],
  'POST /api/v1/email-verifications': ({ owner: { email }, owner }) => [
    {
      body: { email: `${word('nobody')}@example.com`, code },
      own: { email, code },
      prepare: api => awaitConfirmation(api, owner),
    },
  ],
  'POST /api/v1/password-resets': ({ owner: { email } }) => [{ body: { email } }],
  'PUT /api/v1/password-resets/:token': ({ owner }) => [
    {
      id: 'none',
      body: { password: 'another password of theirs' },
      ownId: linkOf(owner),
      own: { password: owner.password },
      prepare: api => awaitReset(api, owner),
    },
  ],
  'GET /api/v1/me': () => [{}],
  'PATCH /api/v1/me': ({ owner }) => [{ body: { name: 'Theirs' }, own: { name: owner.name } }],
  'POST /api/v1/me/email-verification': () => [{}],
  'PUT /api/v1/me/password': ({ owner: { password } }) => [
    {
      body: { currentPassword: 'not the password of it', newPassword: 'another password of theirs' },
      own: { currentPassword: password, newPassword: password },
    },
  ],

  'GET /api/v1/me/sessions': ({ owner, sessionId, cursors }) => [
    { prepare: api => awaitSession(api, owner, sessionId) },
    { query: `?cursor=${cursors.sessions}` },
  ],
  'DELETE /api/v1/me/sessions': () => [{}],
  'DELETE /api/v1/me/sessions/:id': ({ owner, sessionId }) => [
    { id: sessionId, prepare: api => awaitSession(api, owner, sessionId) },
  ],

  'GET /api/v1/companies': ({ cursors }) => [{}, { query: `?cursor=${cursors.companies}&limit=1` }],
  'POST /api/v1/companies': ({ company, template }) => [
    { body: { name: 'Taken', slug: company.slug }, own: { name: 'Another', slug: word('another') } },
    { body: { name: 'From theirs', template: template.id } },
  ],
  'GET /api/v1/templates': ({ cursors }) => [{}, { query: `?cursor=${cursors.templates}` }],
  'POST /api/v1/templates': () => [{ body: { name: 'Theirs', contents: 'everything' } }],
  'DELETE /api/v1/templates/:id': ({ template }) => [{ id: template.id }],

  'GET /api/v1/company': () => [{}],
  'PATCH /api/v1/company': ({ company }) => [
    { body: { name: 'Theirs', branding: { greeting: 'Theirs' } }, own: { name: company.name } },
  ],
  // Refusals say what came, so the slug is not among what others send.
  'DELETE /api/v1/company': ({ company }) => [{ body: { confirm: 'theirs' }, own: { confirm: company.slug } }],
  'DELETE /api/v1/company/deletion': ({ owner, company }) => [
    { prepare: () => owner.send('DELETE', '/company', { body: { confirm: company.slug } }).expect(202) },
  ],
  'PUT /api/v1/company/demo': ({ owner, company }) => [{ prepare: api => makeDemo(api, owner, company) }],
  'DELETE /api/v1/company/demo': ({ owner, company }) => [{ prepare: api => makeDemo(api, owner, company) }],
  'GET /api/v1/company/logo': () => [{}],
  'PUT /api/v1/company/logo': () => [
    { body: png(), headers: { 'content-type': 'image/png', 'sec-fetch-site': 'none' } },
  ],
  'DELETE /api/v1/company/logo': () => [{}],
  'GET /api/v1/members': ({ cursors }) => [{}, { query: `?cursor=${cursors.members}` }],
  'PATCH /api/v1/members/:id': ({ colleague }) => [{ id: colleague.id, body: { role: 'viewer' } }],
  'DELETE /api/v1/members/:id': ({ colleague }) => [{ id: colleague.id }],
  'DELETE /api/v1/company/membership': ({ owner, company, colleague }) => [
    {
      prepare: api => giveRole(api, colleague.id, 'owner'),
      afterwards: async api => {
        await api.sql(
          `insert into memberships (user_id, company_id, role, member_id) values ($1, $2, 'owner', $3) on conflict do nothing`,
          [owner.id, company.id, company.memberId],
        )
        await giveRole(api, colleague.id, 'member')
      },
    },
  ],
  'PUT /api/v1/company/owner': ({ company, colleague }) => [
    { body: { memberId: colleague.id }, afterwards: api => giveRole(api, company.memberId, 'owner') },
  ],

  'GET /api/v1/invitations': ({ cursors }) => [{}, { query: `?cursor=${cursors.invitations}` }],
  'POST /api/v1/invitations': () => [{ body: { role: 'member' } }],
  'PUT /api/v1/invitations/:id/link': ({ invitation }) => [{ id: invitation.id }],
  'DELETE /api/v1/invitations/:id': ({ invitation }) => [{ id: invitation.id }],
  // Whoever has the link may look, so the others have none.
  'GET /api/v1/invites/:token': ({ inviteToken, invitation }) => [{ id: invitation.id, ownId: inviteToken }],
  'GET /api/v1/me/invites': ({ cursors }) => [{}, { query: `?cursor=${cursors.invites}` }],
  'PUT /api/v1/invites/:token': ({ inviteToken, myInvite }) => [
    {
      id: inviteToken,
      body: { decision: 'accepted' },
      ownId: myInvite.id,
      own: { decision: 'declined' },
    },
  ],

  'GET /api/v1/events': ({ position }) => [{ headers: { 'last-event-id': position } }],

  'GET /api/v1/webhooks': ({ cursors }) => [{}, { query: `?cursor=${cursors.webhooks}` }],
  'POST /api/v1/webhooks': () => [{ body: { url: 'https://example.com/theirs', types: ['spin.created'] } }],
  'GET /api/v1/webhooks/:id': ({ webhook }) => [{ id: webhook.id }],
  'PATCH /api/v1/webhooks/:id': ({ webhook }) => [{ id: webhook.id, body: { url: 'https://example.com/theirs' } }],
  'DELETE /api/v1/webhooks/:id': ({ webhook }) => [{ id: webhook.id }],
  'POST /api/v1/webhooks/:id/secret': ({ webhook }) => [{ id: webhook.id }],
  'GET /api/v1/webhooks/:id/deliveries': ({ webhook, cursors }) => [
    { id: webhook.id },
    { id: webhook.id, query: `?cursor=${cursors.webhooks}` },
  ],
  'POST /api/v1/webhooks/:id/redeliveries': ({ webhook, deliveryId }) => [{ id: webhook.id, body: { deliveryId } }],

  'GET /api/v1/tokens': ({ cursors }) => [{}, { query: `?cursor=${cursors.tokens}` }],
  'POST /api/v1/tokens': () => [{ body: { name: word('Token'), scopes: ['read'] } }],
  'DELETE /api/v1/tokens/:id': ({ token }) => [{ id: token.id }],

  'GET /api/v1/spinners': ({ spinner, company, cursors }) => [
    {},
    { query: `?q=${spinner.serialNumber}` },
    { query: `?memberId=${company.memberId}&status=active` },
    { query: `?cursor=${cursors.spinners}` },
  ],
  'POST /api/v1/spinners': ({ company }) => [
    { body: { serialNumber: word('SN'), name: 'Kept by their member', memberId: company.memberId } },
  ],
  'POST /api/v1/spinners/import': ({ company }) => [
    file('csv', `serialNumber,name,memberId\n${word('SN')},Kept by their member,${company.memberId}\n`),
  ],
  'GET /api/v1/spinners/export': ({ spinner, company }) => [
    {},
    { query: `?format=ndjson&q=${spinner.serialNumber}` },
    { query: `?memberId=${company.memberId}&status=active` },
  ],
  'GET /api/v1/spinners/:id': ({ spinner, unspun }) => [{ id: spinner.id }, { id: unspun.id }],
  'PATCH /api/v1/spinners/:id': ({ spinner }) => [{ id: spinner.id, body: { colour: '#000000' } }],
  'DELETE /api/v1/spinners/:id': ({ unspun }) => [{ id: unspun.id }],

  'GET /api/v1/spins': ({ spinner, company, cursors }) => [
    {},
    { query: `?spinnerId=${spinner.id}` },
    { query: `?memberId=${company.memberId}` },
    { query: period },
    { query: `?cursor=${cursors.spins}` },
  ],
  'POST /api/v1/spins': ({ spinner, company }) => [
    { body: { spinnerId: spinner.id, durationMs: 5 } },
    { body: { spinnerId: spinner.id, durationMs: 5, memberId: company.memberId } },
  ],
  'POST /api/v1/spins/batch': ({ spinner, company }) => [
    { body: { items: [{ spinnerId: spinner.id, durationMs: 5 }] } },
    { body: { items: [{ spinnerId: spinner.id, durationMs: 5, memberId: company.memberId }] } },
  ],
  'POST /api/v1/spins/import': ({ spinner, company }) => [
    file('csv', `durationMs,spinnerId\n5,${spinner.id}\n`),
    file('ndjson', `{"durationMs":5,"serialNumber":"${spinner.serialNumber}","memberId":"${company.memberId}"}`),
    { ...file('csv', `durationMs,spinnerId\n5,${spinner.id}\n`), query: '?dryRun=true&partial=true' },
  ],
  'GET /api/v1/spins/export': ({ spinner, company }) => [
    {},
    { query: `?format=ndjson&spinnerId=${spinner.id}` },
    { query: `${period}&memberId=${company.memberId}` },
  ],
  'GET /api/v1/spins/:id': ({ spin }) => [{ id: spin.id }],
  'PATCH /api/v1/spins/:id': ({ spin, spinner, company }) => [
    { id: spin.id, body: { durationMs: spin.durationMs, spinnerId: spinner.id, memberId: company.memberId } },
  ],
  'DELETE /api/v1/spins/:id': ({ spin }) => [{ id: spin.id }],

  'GET /api/v1/statistics/summary': () => [{}, { query: period }],
  'POST /api/v1/copies': ({ other, spinner, company }) => [
    { body: { toCompanyId: other.id, spinnerIds: [spinner.id] } },
    // Their own company as the other one: from wherever they are, its spinners are not there.
    {
      body: { toCompanyId: company.id, spinnerIds: [spinner.id] },
      own: { toCompanyId: other.id, spinnerIds: [spinner.id] },
    },
  ],

  'POST /api/v1/exports': () => [{}],
  'GET /api/v1/exports': ({ cursors }) => [{}, { query: `?cursor=${cursors.exports}` }],
  'GET /api/v1/exports/:id': ({ exportId }) => [{ id: exportId }],
  'GET /api/v1/exports/:id/archive': ({ exportId }) => [{ id: exportId }],
  'DELETE /api/v1/exports/:id': ({ exportId }) => [{ id: exportId }],

  'GET /api/v1/statistics/spinners': ({ cursors }) => [
    {},
    { query: period },
    { query: `?cursor=${cursors.statistics}` },
  ],
}

/** A file as a script sends it. */
function file(format: FileFormat, body: string): Call {
  return { body, headers: { 'content-type': fileTypes[format], 'sec-fetch-site': 'none' } }
}

const code = '7KQ2-M9XB'

/** What the links in mails to somebody end with. */
function linkOf({ id }: Person): string {
  return `link-to-${id}`
}

/** As if the person had asked to verify their address and got a mail. */
function awaitConfirmation(api: Api, owner: Person) {
  return api.sql(
    `insert into email_confirmations (id, email, user_id, token_hash, sealed_code, expires_at)
     values ($1, $2, $3, $4, $5, now() + interval '1 hour') on conflict do nothing`,
    [newId(), owner.email, owner.id, hashLinkSecret(linkOf(owner)), seal.close(code)],
  )
}

/** As if the person had logged in elsewhere. */
function awaitSession(api: Api, { id }: Person, sessionId: string) {
  return api.sql(
    `insert into sessions (id_hash, public_id, user_id, idle_expires_at, expires_at)
     values ($2, $1, $3, now() + interval '1 hour', now() + interval '1 hour')
     on conflict (public_id) do update set revoked_at = null`,
    [sessionId, `hash of ${sessionId}`, id],
  )
}

/** As if the person had asked for a new password and got a mail. */
function awaitReset(api: Api, owner: Person) {
  return api.sql(
    `insert into password_resets (id, user_id, token_hash, expires_at)
     values ($1, $2, $3, now() + interval '1 hour') on conflict do nothing`,
    [newId(), owner.id, hashLinkSecret(linkOf(owner))],
  )
}

function giveRole(api: Api, memberId: string, role: Role) {
  return api.sql('update memberships set role = $2 where member_id = $1', [memberId, role])
}

/** As if the company had been made as a demo. */
function makeDemo(api: Api, owner: Person, company: Company) {
  return api.sql('update companies set demo_user_id = $1, demo_expires_at = now() where id = $2', [
    owner.id,
    company.id,
  ])
}

/** The calls of a route; HEAD has those of GET. */
export function callsOf(name: string): ((target: Target) => Call[]) | undefined {
  return calls[name.replace(/^HEAD /, 'GET ')]
}

/** Sends one call to a route, as somebody. */
export function place(
  who: Visitor,
  route: { method: string; url: string },
  { id, query = '', body, headers }: Call,
): Promise<Answer<unknown>> {
  const path = `${route.url.replace(/:(id|token)/, id ?? '')}${query}`
  return who.send(route.method, path, { ...(body !== undefined && { body }), ...(headers && { headers }) })
}
