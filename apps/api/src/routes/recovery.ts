import { Accepted, ConfirmByCode, LinkParams, RequestPasswordReset, ResetPassword } from '@spintrack/contract/account'
import { limits } from '@spintrack/contract/limits'
import { ref } from '@spintrack/contract/shapes'
import { confirmByCode, confirmByLink } from '@spintrack/domain/confirmations'
import { createMailer } from '@spintrack/domain/outbox'
import { requestReset, resetPassword } from '@spintrack/domain/own-password'
import { NoContent, refusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

const tags = ['account']
const security: [] = []

/** What the links and codes in mails lead to, for whoever has them. */
export async function recoveryRoutes(app: App, options: ApiOptions) {
  const { tenancy, hasher } = options
  const mailer = createMailer(options)

  app.put(
    '/email-verifications/:token',
    {
      schema: {
        tags,
        security,
        operationId: 'confirmEmailByLink',
        summary: 'Confirm an address by the link that was sent there',
        description: 'A sign-up becomes an account, which can log in then; another address of a user becomes theirs.',
        params: LinkParams,
        response: { 204: NoContent, ...refusals('token_invalid', 'email_taken', 'cross_site_request') },
      },
    },
    async (request, reply) => {
      await confirmByLink(tenancy, mailer, request.params.token)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/email-verifications',
    {
      schema: {
        tags,
        security,
        operationId: 'confirmEmailByCode',
        summary: 'Confirm an address by the code that was sent there',
        description: `The same as by the link. After ${limits.codeTries} wrong codes only the link is left.`,
        body: ConfirmByCode,
        response: { 204: NoContent, ...refusals('token_invalid', 'email_taken', 'cross_site_request') },
      },
    },
    async (request, reply) => {
      await confirmByCode(tenancy, mailer, request.body)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/password-resets',
    {
      schema: {
        tags,
        security,
        operationId: 'requestPasswordReset',
        summary: 'Have a link sent to choose a new password with',
        description: 'The same answer for addresses with and without an account. The mail says which it is.',
        body: RequestPasswordReset,
        response: { 202: ref(Accepted), ...refusals('cross_site_request') },
      },
    },
    async (request, reply) => {
      await requestReset(tenancy, mailer, request.body.email)
      return reply.code(202).send({ status: 'accepted' })
    },
  )

  app.put(
    '/password-resets/:token',
    {
      schema: {
        tags,
        security,
        operationId: 'resetPassword',
        summary: 'Choose a new password by the link that was sent',
        description: 'All sessions of the user end.',
        params: LinkParams,
        body: ResetPassword,
        response: { 204: NoContent, ...refusals('token_invalid', 'weak_password', 'cross_site_request') },
      },
    },
    async (request, reply) => {
      await resetPassword(tenancy, hasher, mailer, { ...request.params, ...request.body })
      return reply.code(204).send(null)
    },
  )
}
