import { ProblemError } from '@spintrack/contract/problems'
import type { SessionPrincipal } from '@spintrack/domain/principal'
import type { FastifyRequest } from 'fastify'

/**
 * Refuses tokens, before the body is looked at: a hook for what belongs to a person rather than to one company. A token
 * reaches its company and nothing else, not even another token.
 */
export async function sessionOnly(request: FastifyRequest): Promise<void> {
  loggedIn(request)
}

/** The principal of a request that was sent by somebody who is logged in. Throws `forbidden` for a token. */
export function loggedIn({ principal }: FastifyRequest): SessionPrincipal {
  if (principal.session) return principal
  throw new ProblemError(
    'forbidden',
    'An API token can only be used inside its company. For this, log in with POST /api/v1/session and send the cookie.',
  )
}
