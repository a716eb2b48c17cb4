import { OutboxMailWhole, OutboxPage, OutboxQuery } from '@spintrack/contract/outbox'
import { ProblemError } from '@spintrack/contract/problems'
import { IdParams } from '@spintrack/contract/shapes'
import { listMail, type MailSummary, readMail } from '@spintrack/domain/outbox'
import { createSeal } from '@spintrack/domain/seal'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

/** What an HTML mail may do here: look as it does, and open its links outside of the frame it is shown in. */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "frame-ancestors 'self'",
  'sandbox allow-top-navigation-by-user-activation',
].join('; ')

/**
 * Mail that is kept instead of being sent, for whoever tries the product on their own machine: anybody who reaches these
 * routes reads what lets others in. They exist only where `showMail` is set, and are no part of the documented API.
 */
export async function outboxRoutes(app: App, { tenancy: { control }, publicUrl, sessionSecrets }: ApiOptions) {
  const seal = createSeal(sessionSecrets)
  const names = [new URL(publicUrl).hostname, 'localhost', '127.0.0.1', '[::1]']

  // A page elsewhere can have its own name lead to this machine, and would be of one origin with it.
  app.addHook('onRequest', async request => {
    if (!names.includes(request.hostname)) throw new ProblemError('not_found', 'There is nothing at this address.')
  })

  app.get(
    '/outbox',
    { schema: { hide: true, querystring: OutboxQuery, response: { 200: OutboxPage } } },
    async request => {
      const { items, nextCursor } = await listMail(control, request.query)
      return { items: items.map(shape), nextCursor }
    },
  )

  app.get(
    '/outbox/:id',
    { schema: { hide: true, params: IdParams, response: { 200: OutboxMailWhole } } },
    async request => {
      const { body, ...mail } = await readMail(control, seal, request.params.id)
      return { ...shape(mail), text: body?.text ?? null }
    },
  )

  app.get('/outbox/:id/html', { schema: { hide: true, params: IdParams } }, async (request, reply) => {
    const { body } = await readMail(control, seal, request.params.id)
    if (!body) throw new ProblemError('not_found', 'It was sent, and nothing of it is kept.')
    return reply
      .headers({ 'content-security-policy': mailPolicy, 'x-frame-options': 'SAMEORIGIN' })
      .type('text/html; charset=utf-8')
      .send(body.html.replace('<head>', '<head><base target="_top">'))
  })
}

function shape({ createdAt, sentAt, ...mail }: MailSummary) {
  return { ...mail, createdAt: createdAt.toISOString(), sentAt: sentAt?.toISOString() ?? null }
}
