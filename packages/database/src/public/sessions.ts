import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'
import { companies } from './companies.ts'
import { users } from './users.ts'

/**
 * Log-ins. Columns rather than one blob: a blob saved again by a slow request would bring back a company that was
 * switched away from, or a session that was ended.
 */
export const sessions = pgTable(
  'sessions',
  {
    /** SHA-256 of the id in the cookie, in hex. The id itself is not stored. */
    idHash: text('id_hash').primaryKey(),
    /** What its owner names it by, to end it. Says nothing of the id. */
    publicId: uuid('public_id').notNull().defaultRandom().unique('sessions_public_id_key'),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The company of requests that name none. */
    companyId: uuid('company_id').references(() => companies.id, { onDelete: 'set null' }),
    address: text(),
    browser: text(),
    createdAt: instant('created_at').notNull().defaultNow(),
    lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
    /** Moves with use. */
    idleExpiresAt: instant('idle_expires_at').notNull(),
    /** Does not move. */
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  table => [index('sessions_user_index').on(table.userId)],
)
