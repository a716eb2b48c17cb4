import { limits } from '@spintrack/contract/limits'
import { IdParams, ref } from '@spintrack/contract/shapes'
import {
  CreateRedelivery,
  CreateWebhook,
  Delivery,
  DeliveryListQuery,
  DeliveryPage,
  NewWebhook,
  UpdateWebhook,
  Webhook,
  WebhookListQuery,
  WebhookPage,
  WebhookSecret,
} from '@spintrack/contract/webhooks'
import { createSeal } from '@spintrack/domain/seal'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listDeliveries,
  listWebhooks,
  redeliver,
  rotateSecret,
  updateWebhook,
} from '@spintrack/domain/webhooks'
import { companyRefusals, keyRefusals, NoContent, NotModified } from '../answers.ts'
import { demandedVersion, sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import type { App } from '../types.ts'

const tags = ['webhooks']
const read = { permission: 'webhooks.read' } as const
const write = { permission: 'webhooks.write' } as const

/** Addresses outside that events are sent to. */
export async function webhookRoutes(app: App, { publicUrl, sessionSecrets, webhookReach }: ApiOptions) {
  const seal = createSeal(sessionSecrets)
  const reach = webhookReach ?? { loopback: false }

  app.get(
    '/webhooks',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listWebhooks',
        summary: 'Webhooks, newest first',
        querystring: WebhookListQuery,
        response: { 200: ref(WebhookPage), ...companyRefusals('forbidden') },
      },
    },
    async (request, reply) => sendPage(request, reply, publicUrl, await listWebhooks(request.company, request.query)),
  )

  app.post(
    '/webhooks',
    {
      config: write,
      schema: {
        tags,
        operationId: 'createWebhook',
        summary: 'Have events sent to an address',
        description: `What happens from then on is sent there as a POST with an Event in it, signed as Standard Webhooks has it, and again for 18 hours when it is not answered with 2xx. The secret is shown in this answer and never again. At most ${limits.webhooksPerCompany} for a company. After ${limits.webhookFailures.inARow} failed attempts in a row, or ${limits.webhookFailures.days} days of them, it is switched off.`,
        body: CreateWebhook,
        response: {
          201: ref(NewWebhook),
          ...companyRefusals('forbidden', 'cross_site_request', 'too_many_webhooks', ...keyRefusals),
        },
      },
    },
    async (request, reply) => {
      const made = await createWebhook(request.tenancy, request.company, request.body, { seal, reach })
      reply.code(201).header('location', `/api/v1/webhooks/${made.id}`)
      return sendResource(request, reply, made, made.version)
    },
  )

  app.get(
    '/webhooks/:id',
    {
      config: read,
      schema: {
        tags,
        operationId: 'getWebhook',
        summary: 'One webhook',
        params: IdParams,
        response: { 200: ref(Webhook), 304: NotModified, ...companyRefusals('forbidden', 'not_found') },
      },
    },
    async (request, reply) => {
      const webhook = await getWebhook(request.company, request.params.id)
      return sendResource(request, reply, webhook, webhook.version)
    },
  )

  app.patch(
    '/webhooks/:id',
    {
      config: write,
      schema: {
        tags,
        operationId: 'updateWebhook',
        summary: 'Change a webhook, or switch it on or off',
        params: IdParams,
        body: UpdateWebhook,
        response: {
          200: ref(Webhook),
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'stale_version'),
        },
      },
    },
    async (request, reply) => {
      const options = { version: demandedVersion(request), reach }
      const webhook = await updateWebhook(request.company, request.params.id, request.body, options)
      return sendResource(request, reply, webhook, webhook.version)
    },
  )

  app.delete(
    '/webhooks/:id',
    {
      config: write,
      schema: {
        tags,
        operationId: 'deleteWebhook',
        summary: 'Delete a webhook, with what it was still to be sent',
        params: IdParams,
        response: {
          204: NoContent,
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'stale_version'),
        },
      },
    },
    async (request, reply) => {
      await deleteWebhook(request.tenancy, request.company, request.params.id, demandedVersion(request))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/webhooks/:id/secret',
    {
      config: write,
      schema: {
        tags,
        operationId: 'rotateWebhookSecret',
        summary: 'Give a webhook another secret',
        description: `Deliveries are signed with both, the new one and the one before, for ${limits.webhookSecretHours} hours. It is shown in this answer and never again.`,
        params: IdParams,
        response: {
          201: ref(WebhookSecret),
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', ...keyRefusals),
        },
      },
    },
    async (request, reply) => reply.code(201).send(await rotateSecret(request.company, request.params.id, seal)),
  )

  app.get(
    '/webhooks/:id/deliveries',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listDeliveries',
        summary: 'What was sent to a webhook, newest first',
        description: `For ${limits.days.delivery} days.`,
        params: IdParams,
        querystring: DeliveryListQuery,
        response: { 200: ref(DeliveryPage), ...companyRefusals('forbidden', 'not_found') },
      },
    },
    async (request, reply) =>
      sendPage(request, reply, publicUrl, await listDeliveries(request.company, request.params.id, request.query)),
  )

  app.post(
    '/webhooks/:id/redeliveries',
    {
      config: write,
      schema: {
        tags,
        operationId: 'redeliver',
        summary: 'Send an event once more',
        description: 'The same message under the same id, whatever became of it before.',
        params: IdParams,
        body: CreateRedelivery,
        response: {
          202: ref(Delivery),
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'webhook_disabled', ...keyRefusals),
        },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await redeliver(request.company, request.params.id, request.body.deliveryId)),
  )
}
