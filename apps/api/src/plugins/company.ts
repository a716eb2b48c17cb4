import { allows } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import { tenantVersion } from '@spintrack/database/blueprint'
import { touchMembership } from '@spintrack/domain/companies'
import { type Membership, openCompany } from '@spintrack/domain/company'
import type { Principal } from '@spintrack/domain/principal'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'
import { wantedCompany } from './principal.ts'

/**
 * Picks the company of a request: the one the X-Company header names, else the session's. Only a company of the
 * caller's own is ever found, so an unknown and a foreign one look the same. Then the route's permission is checked.
 */
export const requireCompany = plugin(
  async (app: App, { tenancy }: ApiOptions) => {
    app.decorateRequest('company')

    app.addHook('onRoute', route => {
      if (!route.config?.permission)
        throw new Error(`${route.method} ${route.url} is inside a company and must name its permission`)
    })

    app.addHook('onRequest', async (request, reply) => {
      const membership = request.principal.membership ?? refuse(request.principal, wantedCompany(request))
      requireOpen(membership)
      const { permission } = request.routeOptions.config
      if (permission && !allows(membership.role, permission)) {
        throw new ProblemError(
          'forbidden',
          `Your role in this company, ${membership.role}, does not allow ${permission}.`,
        )
      }
      request.company = openCompany(tenancy, membership)
      request.log = reply.log = request.log.child({ tenantId: membership.tenant })
    })

    app.addHook('onResponse', async ({ principal, company }) => {
      if (company && principal.membership?.stale) await touchMembership(tenancy.control, principal.user.id, company.id)
    })
  },
  { name: 'company', dependencies: ['principal'] },
)

function refuse({ session }: Principal, wanted: string | undefined): never {
  if (wanted === undefined && session.companyId === null) {
    throw new ProblemError(
      'company_required',
      'Name a company in the X-Company header, or choose one with PUT /api/v1/session/company.',
    )
  }
  throw companyNotFound()
}

/** What unknown, foreign and no longer existing companies answer alike. */
export function companyNotFound(): ProblemError {
  return new ProblemError('company_not_found', 'You belong to no company of this name or id.')
}

/** Lets only a ready company of a version this build can serve through. */
export function requireOpen({ state, tenantVersion: version }: Pick<Membership, 'state' | 'tenantVersion'>): void {
  if (state === 'suspended')
    throw new ProblemError('company_suspended', 'The company is suspended. Its owner can ask support why.')
  if (state !== 'ready') throw companyNotFound()
  if (version < tenantVersion - 1 || version > tenantVersion) {
    throw new ProblemError('tenant_upgrading', 'The company is being brought to a new version. Try again in a moment.')
  }
}
