import { allows, type Permission, type Role } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import type { CompanySummary } from '@spintrack/contract/session'
import { missingScope } from '@spintrack/contract/tokens'
import { touchMembership } from '@spintrack/domain/companies'
import { type Membership, openCompany, requireServable } from '@spintrack/domain/company'
import { underKey } from '@spintrack/domain/idempotency'
import type { Principal } from '@spintrack/domain/principal'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'
import { wantedCompany } from './principal.ts'

/**
 * Picks the company of a request: the one the X-Company header names, else the session's or the token's. Only a
 * company of the caller's own is ever found, so an unknown and a foreign one look the same. Then the route's permission
 * is checked.
 */
export const requireCompany = plugin(
  async (app: App, { tenancy, tenantVersion: newest }: ApiOptions) => {
    app.decorateRequest('company')

    app.addHook('onRoute', route => {
      if (!route.config?.permission)
        throw new Error(`${route.method} ${route.url} is inside a company and must name its permission`)
    })

    app.addHook('onRequest', async (request, reply) => {
      const membership = request.principal.membership ?? refuse(request.principal, wantedCompany(request))
      const { permission, states } = request.routeOptions.config
      requireOpen(membership, { states, newest })
      if (permission) requirePermission(request.principal, membership.role, permission)
      request.tenancy = underKey(tenancy, request.once, { name: membership.tenant })
      request.company = openCompany(request.tenancy, membership, newest)
      request.log = reply.log = request.log.child({ tenantId: membership.tenant })
    })

    app.addHook('onResponse', async ({ principal, company }) => {
      if (company && principal.membership?.stale) await touchMembership(tenancy.control, principal.user.id, company.id)
    })
  },
  { name: 'company', dependencies: ['principal', 'idempotency'] },
)

function refuse({ session }: Principal, wanted: string | undefined): never {
  if (wanted === undefined && session?.companyId === null) {
    throw new ProblemError(
      'company_required',
      'Name a company in the X-Company header, or choose one with PUT /api/v1/session/company.',
    )
  }
  throw companyNotFound()
}

/** The role must allow it, and for a token one of its scopes as well. */
function requirePermission({ token }: Principal, role: Role, permission: Permission): void {
  if (!allows(role, permission)) {
    throw new ProblemError('forbidden', `Your role in this company, ${role}, does not allow ${permission}.`)
  }
  const missing = token && missingScope(token.scopes, permission)
  if (!missing) return
  throw new ProblemError(
    'forbidden',
    `This token has the scope ${token.scopes.join(', ')}, and ${permission} needs ${missing}. Use a token with that scope.`,
  )
}

/** What unknown, foreign and no longer existing companies answer alike. */
export function companyNotFound(): ProblemError {
  return new ProblemError('company_not_found', 'You belong to no company of this name or id.')
}

/** Lets only a company through that is in one of `states`, and whose tenant this build can serve if it is to be entered. */
export function requireOpen(
  { state, deleteAfter, tenantVersion }: Pick<Membership, 'state' | 'deleteAfter' | 'tenantVersion'>,
  { states = ['ready'], newest }: { states?: readonly CompanySummary['state'][]; newest?: number },
): void {
  if (!states.includes(state)) throw closed[state]?.(deleteAfter) ?? companyNotFound()
  // What a company that is not ready answers is about its row alone.
  if (state === 'ready') requireServable(tenantVersion, newest)
}

/** What the states answer in which a company is there and closed. */
const closed: Partial<Record<CompanySummary['state'], (deleteAfter: Date | null) => ProblemError>> = {
  suspended: () => new ProblemError('company_suspended', 'The company is suspended. Its owner can ask support why.'),
  archived: deleteAfter =>
    new ProblemError(
      'company_archived',
      deleteAfter
        ? `The company will be deleted. Until ${deleteAfter.toISOString()} its owner can undo that with DELETE /api/v1/company/deletion.`
        : 'The company is archived. Its owner can ask support to bring it back.',
    ),
}
