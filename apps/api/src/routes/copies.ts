import { Copy, CreateCopy } from '@spintrack/contract/copies'
import { ref } from '@spintrack/contract/shapes'
import { type Company, openCompany, requireServable } from '@spintrack/domain/company'
import { createCopy } from '@spintrack/domain/copies'
import type { FindPrincipal } from '@spintrack/domain/principal'
import type { FastifyRequest } from 'fastify'
import { companyRefusals, keyRefusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { companyNotFound } from '../plugins/company.ts'
import { sessionOnly } from '../plugins/session-only.ts'
import type { App } from '../types.ts'

/** Copying into another company. */
export async function copyRoutes(app: App, { tenancy, findPrincipal }: ApiOptions & { findPrincipal: FindPrincipal }) {
  /** The other company, through the same door as the one of the request. */
  const openOther = async ({ session }: FastifyRequest, id: string): Promise<Company> => {
    const membership = (await findPrincipal(session.sessionId, id))?.membership
    if (membership?.state !== 'ready') throw companyNotFound()
    requireServable(membership.tenantVersion)
    return openCompany(tenancy, membership)
  }

  app.post(
    '/copies',
    {
      config: { permission: 'copies.write' },
      // The other company is reached through the session; a token has no way out of its own.
      onRequest: sessionOnly,
      schema: {
        tags: ['copies'],
        operationId: 'createCopy',
        summary: 'Copy spinners into another company that you administer',
        description:
          'All or nothing. What an earlier copy brought is skipped, so that a second one brings what is new. Whoever belongs to both companies is themselves there; others become members who have left. Needs a session: a token reaches one company alone.',
        body: CreateCopy,
        response: {
          201: ref(Copy),
          ...companyRefusals(
            'forbidden',
            'cross_site_request',
            'not_found',
            'serial_number_taken',
            'copy_too_large',
            ...keyRefusals,
          ),
        },
      },
    },
    async (request, reply) => {
      const { toCompanyId, ...load } = request.body
      const other = await openOther(request, toCompanyId)
      return reply.code(201).send(await createCopy(request.tenancy, request.company, other, load))
    },
  )
}
