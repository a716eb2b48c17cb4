import { ProblemError } from '@spintrack/contract/problems'
import type { FindPrincipal, Principal } from '@spintrack/domain/principal'
import { touchSession } from '@spintrack/domain/sessions'
import type { FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'
import { sessionId } from './sessions.ts'

type Options = ApiOptions & { findPrincipal: FindPrincipal }

/** Refuses callers without a principal. Whatever is registered beside or below it is denied by default. */
export const requirePrincipal = plugin(
  async (app: App, { findPrincipal, publicUrl, tenancy }: Options) => {
    app.decorateRequest('principal')

    app.addHook('onRequest', async (request, reply) => {
      const principal = await authenticate(request, publicUrl, findPrincipal)
      if (principal) request.principal = principal
      const refusal = app.countRequest(request, reply)
      if (refusal) throw refusal
      if (!principal) throw new ProblemError('unauthenticated', 'Log in with POST /api/v1/session first.')
      // Both: Fastify writes its own lines with the reply's.
      request.log = reply.log = request.log.child({ userId: principal.user.id })
    })

    // After the answer, so that book-keeping costs no caller anything; at most once a minute for each session.
    app.addHook('onResponse', async request => {
      if (request.principal?.session.stale) await touchSession(tenancy.control, request.principal.session.idHash)
    })
  },
  { name: 'principal', dependencies: ['rate-limits', 'sessions'] },
)

async function authenticate(
  request: FastifyRequest,
  publicUrl: string,
  find: FindPrincipal,
): Promise<Principal | null> {
  // With an Authorization header the cookie is ignored, and no API token exists yet that could be right.
  if (request.headers.authorization !== undefined) return null
  const id = sessionId(request, publicUrl)
  return id === undefined ? null : find(id, wantedCompany(request))
}

/** The company this request names, by id or slug. */
export function wantedCompany(request: FastifyRequest): string | undefined {
  return request.headers['x-company']?.toString()
}
