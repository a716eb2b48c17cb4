import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/** Requests that must not take effect twice, each written in the transaction of its effect. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** The user, or the token, that sent it. */
    principalId: uuid('principal_id').notNull(),
    key: text().notNull(),
    /** SHA-256 of method, address and body, in hex. */
    requestHash: text('request_hash').notNull(),
    /** What the request gave, to be given again. */
    value: jsonb().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  table => [
    primaryKey({ columns: [table.principalId, table.key] }),
    index('idempotency_keys_created_index').on(table.createdAt),
  ],
)
