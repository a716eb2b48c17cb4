import { ChangePassword, UpdateMe, VerificationRequired } from '@spintrack/contract/account'
import { User } from '@spintrack/contract/session'
import { ref } from '@spintrack/contract/shapes'
import { updateMe, verifyMine } from '@spintrack/domain/me'
import { createMailer } from '@spintrack/domain/outbox'
import { changePassword } from '@spintrack/domain/own-password'
import type { FastifyRequest } from 'fastify'
import { keyRefusals, NoContent, NotModified, refusals } from '../answers.ts'
import { sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import { loggedIn } from '../plugins/session-only.ts'
import { startSession } from '../plugins/sessions.ts'
import type { App } from '../types.ts'

const tags = ['account']

/** The caller's own account. */
export async function meRoutes(app: App, options: ApiOptions) {
  const { tenancy, hasher, emailVerification = 'off' } = options
  const mailer = createMailer(options)

  app.get(
    '/me',
    {
      schema: {
        tags,
        operationId: 'getMe',
        summary: 'Your account',
        response: { 200: ref(User), 304: NotModified, ...refusals('unauthenticated', 'forbidden') },
      },
    },
    async (request, reply) => sendResource(request, reply, request.principal.user),
  )

  app.patch(
    '/me',
    {
      schema: {
        tags,
        operationId: 'updateMe',
        summary: 'Change your name or e-mail address',
        description:
          'Another address needs `currentPassword`. Where addresses must be confirmed, the answer has the old one until the link or code of the mail to the new one was used. Then your other sessions end, and the old address is told. Companies that you belong to keep the name they know.',
        body: UpdateMe,
        response: {
          200: ref(User),
          ...refusals('unauthenticated', 'forbidden', 'cross_site_request', 'invalid_credentials', 'email_taken'),
        },
      },
    },
    async request => updateMe(tenancy, hasher, mailer, asker(request), request.body, emailVerification),
  )

  app.post(
    '/me/email-verification',
    {
      schema: {
        tags,
        operationId: 'verifyMyEmail',
        summary: 'Have a mail sent that verifies your address',
        response: {
          202: ref(VerificationRequired),
          ...refusals('unauthenticated', 'forbidden', 'cross_site_request', ...keyRefusals),
        },
      },
    },
    async (request, reply) => {
      const answer = await verifyMine(request.tenancy, mailer, asker(request))
      return reply.code(202).send(answer)
    },
  )

  app.put(
    '/me/password',
    {
      schema: {
        tags,
        operationId: 'changePassword',
        summary: 'Change your password',
        description: 'All sessions end; this one goes on under another id, in the cookie of the answer.',
        body: ChangePassword,
        response: {
          204: NoContent,
          ...refusals('unauthenticated', 'forbidden', 'cross_site_request', 'invalid_credentials', 'weak_password'),
        },
      },
    },
    async (request, reply) => {
      const { user, session } = loggedIn(request)
      await changePassword(tenancy, hasher, mailer, user.id, request.body)
      await startSession(request, user.id, session.companyId)
      return reply.code(204).send(null)
    },
  )
}

function asker(request: FastifyRequest) {
  const { user, session } = loggedIn(request)
  return { user, sessionIdHash: session.idHash }
}
