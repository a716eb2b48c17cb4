import { VerificationRequired } from '@spintrack/contract/account'
import { LogIn, Session, SignUp } from '@spintrack/contract/session'
import { ref } from '@spintrack/contract/shapes'
import { beginSignUp, logIn, signUp } from '@spintrack/domain/accounts'
import { isInvitedAt } from '@spintrack/domain/invites'
import { createMailer } from '@spintrack/domain/outbox'
import type { FindPrincipal } from '@spintrack/domain/principal'
import type { FastifyRequest } from 'fastify'
import { refusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { startSession } from '../plugins/sessions.ts'
import { describeSession } from '../session-answer.ts'
import type { App } from '../types.ts'

const tags = ['session']

/** Signing up and logging in. */
export async function signInRoutes(app: App, options: ApiOptions & { findPrincipal: FindPrincipal }) {
  const { tenancy, hasher, findPrincipal, emailVerification = 'off' } = options
  const mailer = createMailer(options)
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
        description:
          'Where addresses must be confirmed it is 202, for addresses with and without an account alike, and the account comes to be with PUT or POST /api/v1/email-verifications. Elsewhere, and with an `invite` that went to the address, it is 201.',
        body: SignUp,
        response: {
          201: ref(Session),
          202: ref(VerificationRequired),
          ...refusals('weak_password', 'email_taken', 'cross_site_request'),
        },
      },
    },
    async (request, reply) => {
      const { invite, email } = request.body
      const invited = invite !== undefined && (await isInvitedAt(tenancy.control, invite, email))
      if (emailVerification === 'required' && !invited) {
        await beginSignUp(tenancy, hasher, mailer, request.body)
        return reply.code(202).send({ status: 'verification_required' })
      }
      const userId = await signUp(tenancy.control, hasher, request.body, { verified: invited })
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
