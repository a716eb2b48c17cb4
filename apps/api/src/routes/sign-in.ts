import { LogIn, Session, SignUp } from '@spintrack/contract/session'
import { ref } from '@spintrack/contract/shapes'
import { logIn, signUp } from '@spintrack/domain/accounts'
import type { FindPrincipal } from '@spintrack/domain/principal'
import type { FastifyRequest } from 'fastify'
import { refusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { startSession } from '../plugins/sessions.ts'
import { describeSession } from '../session-answer.ts'
import type { App } from '../types.ts'

const tags = ['session']

/** Signing up and logging in: besides health, all that can be done without a session. */
export async function signInRoutes(
  app: App,
  { tenancy, hasher, findPrincipal }: ApiOptions & { findPrincipal: FindPrincipal },
) {
  const enter = async (request: FastifyRequest, userId: string) => {
    await startSession(request, userId)
    const principal = await findPrincipal(request.session.sessionId)
    if (!principal) throw new Error('The session that was just stored is not there')
    return describeSession(tenancy.control, principal)
  }

  app.post(
    '/signup',
    {
      schema: {
        tags,
        security: [],
        operationId: 'signUp',
        summary: 'Make an account and log in',
        body: SignUp,
        response: {
          201: ref(Session),
          ...refusals('weak_password', 'email_taken', 'cross_site_request'),
        },
      },
    },
    async (request, reply) => {
      const userId = await signUp(tenancy.control, hasher, request.body)
      return reply.code(201).send(await enter(request, userId))
    },
  )

  app.post(
    '/session',
    {
      schema: {
        tags,
        security: [],
        operationId: 'logIn',
        summary: 'Log in',
        body: LogIn,
        response: { 200: ref(Session), ...refusals('invalid_credentials', 'cross_site_request') },
      },
    },
    async request => enter(request, await logIn(tenancy.control, hasher, request.body)),
  )
}
