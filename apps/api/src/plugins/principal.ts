import { ProblemError } from '@spintrack/contract/problems'
import {
  createFindTokenPrincipal,
  type FindPrincipal,
  type FindTokenPrincipal,
  type Principal,
} from '@spintrack/domain/principal'
import { touchSession } from '@spintrack/domain/sessions'
import { touchToken } from '@spintrack/domain/tokens'
import type { FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'
import { sessionId } from './sessions.ts'

type Options = ApiOptions & { findPrincipal: FindPrincipal }

/** Refuses callers without a principal. Whatever is registered beside or below it is denied by default. */
export const requirePrincipal = plugin(
  async (app: App, { findPrincipal, publicUrl, tenancy }: Options) => {
    const findTokenPrincipal = createFindTokenPrincipal(tenancy.control)
    app.decorateRequest('principal')

    app.addHook('onRequest', async (request, reply) => {
      const { authorization } = request.headers
      const principal =
        authorization === undefined
          ? await bySession(request, publicUrl, findPrincipal)
          : await byToken(request, findTokenPrincipal)
      if (principal) request.principal = principal
      const refusal = app.countRequest(request, reply)
      if (refusal) throw refusal
      if (!principal) {
        // RFC 6750, section 3.1. One answer for mistyped, unknown, expired and revoked ones.
        if (authorization !== undefined) reply.header('www-authenticate', 'Bearer error="invalid_token"')
        throw new ProblemError('unauthenticated', authorization === undefined ? logInFirst : noSuchToken)
      }
      const { user, token } = principal
      // Both: Fastify writes its own lines with the reply's.
      request.log = reply.log = request.log.child({ userId: user.id, ...(token && { tokenId: token.id }) })
    })

    // After the answer, so that book-keeping costs no caller anything; at most once a minute for each.
    app.addHook('onResponse', async ({ principal }) => {
      if (principal?.session?.stale) await touchSession(tenancy.control, principal.session.idHash)
      if (principal?.token?.stale) await touchToken(tenancy.control, principal.token.id)
    })
  },
  { name: 'principal', dependencies: ['rate-limits', 'sessions'] },
)

const logInFirst = 'Log in with POST /api/v1/session first.'
const noSuchToken =
  'Expected `Authorization: Bearer spin_…` with a token that is neither expired nor revoked. Make a new one, or leave the header out to use your session.'

async function bySession(request: FastifyRequest, publicUrl: string, find: FindPrincipal): Promise<Principal | null> {
  const id = sessionId(request, publicUrl)
  return id === undefined ? null : find(id, wantedCompany(request))
}

/** With an Authorization header the cookie is ignored, whatever the header says. */
async function byToken(request: FastifyRequest, find: FindTokenPrincipal): Promise<Principal | null> {
  const token = bearerToken(request)
  return token === undefined ? null : find(token, wantedCompany(request))
}

/** What the caller presents as a token, be it one or not. */
export function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
}

/** The company this request names, by id or slug. */
export function wantedCompany(request: FastifyRequest): string | undefined {
  return request.headers['x-company']?.toString()
}
