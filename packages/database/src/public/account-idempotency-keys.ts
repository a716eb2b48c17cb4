import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'
import { users } from './users.ts'

/** Requests of an account that must not take effect twice. Those inside a company are in the tenant's `idempotency_keys`. */
export const accountIdempotencyKeys = pgTable(
  'account_idempotency_keys',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    key: text().notNull(),
    /** SHA-256 of method, address and body, in hex. */
    requestHash: text('request_hash').notNull(),
    /** What the request gave, to be given again. */
    value: jsonb().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  table => [
    primaryKey({ columns: [table.userId, table.key] }),
    index('account_idempotency_keys_created_index').on(table.createdAt),
  ],
)
