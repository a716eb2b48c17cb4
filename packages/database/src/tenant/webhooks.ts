import { deliveryStates, type eventTypes } from '@spintrack/contract/states'
import { boolean, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf } from '../columns.ts'

/** Addresses outside that the company's events are sent to. */
export const webhooks = pgTable('webhooks', {
  id: uuid().primaryKey(),
  url: text().notNull(),
  /** Null for all. */
  types: text().array().$type<(typeof eventTypes)[number][]>(),
  enabled: boolean().notNull().default(true),
  /** Why it was switched off by itself. */
  disabledReason: text('disabled_reason'),
  /** What deliveries are signed with, sealed: this table alone signs nothing. */
  secret: text().notNull(),
  /** The one before, which signs beside it for a while. */
  previousSecret: text('previous_secret'),
  previousEndsAt: instant('previous_ends_at'),
  /** Attempts that failed since the last one that did not, and since when. */
  failures: integer().notNull().default(0),
  failingSince: instant('failing_since'),
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
  version: integer().notNull().default(1),
})

/** Events on their way to a webhook: written in the transaction of the change, and the log of what became of them. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    eventId: uuid('event_id').notNull(),
    type: text().$type<(typeof eventTypes)[number]>().notNull(),
    subjectId: uuid('subject_id'),
    count: integer().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** What is sent, as it was first sent: the same every time. */
    payload: text(),
    state: text().$type<(typeof deliveryStates)[number]>().notNull().default('waiting'),
    attempts: integer().notNull().default(0),
    status: integer(),
    error: text(),
    durationMs: integer('duration_ms'),
    attemptedAt: instant('attempted_at'),
    nextAttemptAt: instant('next_attempt_at'),
  },
  table => [
    primaryKey({ columns: [table.webhookId, table.eventId] }),
    oneOf('webhook_deliveries_state_check', 'state', deliveryStates),
    index('webhook_deliveries_created_index').on(table.createdAt),
  ],
)
