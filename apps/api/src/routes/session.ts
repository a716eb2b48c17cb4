import { ChooseCompany, Session } from '@spintrack/contract/session'
import { ref } from '@spintrack/contract/shapes'
import type { FindPrincipal } from '@spintrack/domain/principal'
import { chooseCompany } from '@spintrack/domain/sessions'
import { NoContent, NotModified, refusals } from '../answers.ts'
import { sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import { companyNotFound, requireOpen } from '../plugins/company.ts'
import { loggedIn } from '../plugins/session-only.ts'
import { endSession } from '../plugins/sessions.ts'
import { describeSession } from '../session-answer.ts'
import type { App } from '../types.ts'

const tags = ['session']

/** The caller's own session. */
export async function sessionRoutes(
  app: App,
  { tenancy, publicUrl, findPrincipal, tenantVersion }: ApiOptions & { findPrincipal: FindPrincipal },
) {
  app.get(
    '/session',
    {
      schema: {
        tags,
        operationId: 'getSession',
        summary: 'Who is logged in, and their companies',
        response: { 200: ref(Session), 304: NotModified, ...refusals('unauthenticated', 'forbidden') },
      },
    },
    async (request, reply) => sendResource(request, reply, await describeSession(tenancy.control, loggedIn(request))),
  )

  app.delete(
    '/session',
    {
      schema: {
        tags,
        operationId: 'logOut',
        summary: 'Log out',
        response: { 204: NoContent, ...refusals('unauthenticated', 'forbidden', 'cross_site_request') },
      },
    },
    async (request, reply) => {
      await endSession(request, reply, publicUrl)
      return reply.code(204).send(null)
    },
  )

  app.put(
    '/session/company',
    {
      schema: {
        tags,
        operationId: 'chooseCompany',
        summary: 'Choose the company of requests that name none',
        description: 'An archived one too, to see until when its deletion can be undone.',
        body: ChooseCompany,
        response: {
          200: ref(Session),
          ...refusals(
            'unauthenticated',
            'forbidden',
            'cross_site_request',
            'company_not_found',
            'company_suspended',
            'tenant_upgrading',
          ),
        },
      },
    },
    async request => {
      const { companyId } = request.body
      const principal = await findPrincipal(request.session.sessionId, companyId)
      if (!principal?.membership) throw companyNotFound()
      requireOpen(principal.membership, { states: ['ready', 'archived'], newest: tenantVersion })
      await chooseCompany(tenancy.control, principal.session.idHash, companyId)
      return describeSession(tenancy.control, principal, companyId)
    },
  )
}
