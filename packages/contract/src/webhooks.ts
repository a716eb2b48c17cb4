import { type Static, Type } from '@sinclair/typebox'
import { EventType } from './events.ts'
import { limits } from './limits.ts'
import { closed, Nullable, Page, PageQuery, Timestamp, Uuid } from './shapes.ts'
import { deliveryStates } from './states.ts'

const url = Type.String({
  minLength: 1,
  maxLength: limits.webhookUrl.max,
  description: 'Where events are sent: https, to a public address',
})
const types = Nullable(
  Type.Array(EventType, {
    minItems: 1,
    uniqueItems: true,
    description: 'The types of events that are sent; null for all',
  }),
)

const fields = {
  id: Uuid,
  url: Type.String(),
  types,
  enabled: Type.Boolean({ description: 'Whether events are sent' }),
  disabledReason: Nullable(Type.String({ description: 'Why it was switched off by itself' })),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  version: Type.Integer({ description: 'Grows by one with every change; the ETag' }),
}

export const Webhook = closed(fields, { $id: 'Webhook', description: 'An address that events are sent to.' })
export type Webhook = Static<typeof Webhook>
export const WebhookPage = Page(Webhook, 'WebhookPage')
export const WebhookListQuery = closed(PageQuery)

const secret = Type.String({
  description: '`whsec_…`, which deliveries are signed with (Standard Webhooks). Shown in this answer and never again',
})

export const NewWebhook = closed(
  { ...fields, secret },
  { $id: 'NewWebhook', description: 'A webhook, with its secret.' },
)
export type NewWebhook = Static<typeof NewWebhook>

export const WebhookSecret = closed(
  {
    secret,
    previousEndsAt: Type.String({ format: 'date-time', description: 'Until when the one before signs as well' }),
  },
  { $id: 'WebhookSecret' },
)
export type WebhookSecret = Static<typeof WebhookSecret>

export const CreateWebhook = closed({ url, types: Type.Optional(types) })
export type CreateWebhook = Static<typeof CreateWebhook>

export const UpdateWebhook = closed(
  { url: Type.Optional(url), types: Type.Optional(types), enabled: Type.Optional(fields.enabled) },
  { minProperties: 1 },
)
export type UpdateWebhook = Static<typeof UpdateWebhook>

export const Delivery = closed(
  {
    id: Type.String({ format: 'uuid', description: 'Of the event, and of the message: `webhook-id`' }),
    type: EventType,
    state: Type.Unsafe<(typeof deliveryStates)[number]>(Type.String({ enum: [...deliveryStates] })),
    attempts: Type.Integer({ description: 'How often it was sent' }),
    status: Nullable(Type.Integer({ description: 'What the last attempt was answered with' })),
    error: Nullable(Type.String({ description: 'Why the last attempt failed' })),
    durationMs: Nullable(Type.Integer({ description: 'How long the last attempt took' })),
    createdAt: Timestamp,
    attemptedAt: Nullable(Timestamp),
    nextAttemptAt: Nullable(Type.String({ format: 'date-time', description: 'When it is sent again' })),
  },
  { $id: 'Delivery', description: 'One event on its way to one webhook.' },
)
export type Delivery = Static<typeof Delivery>
export const DeliveryPage = Page(Delivery, 'DeliveryPage')
export const DeliveryListQuery = closed(PageQuery)

export const CreateRedelivery = closed({
  deliveryId: Type.String({ format: 'uuid', description: 'The `id` of one of its deliveries' }),
})
export type CreateRedelivery = Static<typeof CreateRedelivery>
