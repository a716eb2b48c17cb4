import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'
import { users } from './users.ts'

/**
 * Addresses that were written to and not confirmed yet: of sign-ups, which become users only then, and of users who want
 * theirs verified or another one. Each is deleted when it is confirmed.
 */
export const emailConfirmations = pgTable(
  'email_confirmations',
  {
    id: uuid().primaryKey(),
    /** As in `users`. */
    email: text().notNull(),
    /** Whose it is to be; null for a sign-up. */
    userId: uuid('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** The session that asked, which is the one to stay. */
    sessionIdHash: text('session_id_hash'),
    /** Of a sign-up alone: what its user will have. */
    name: text(),
    passwordHash: text('password_hash'),
    /** SHA-256 of what the link ends with, in hex. */
    tokenHash: text('token_hash').notNull().unique('email_confirmations_token_key'),
    /** Sealed: a hash of so few characters would hide nothing. */
    sealedCode: text('sealed_code').notNull(),
    wrongCodes: integer('wrong_codes').notNull().default(0),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
  },
  table => [
    index('email_confirmations_email_index').on(table.email),
    check(
      'email_confirmations_kind_check',
      sql`(${table.userId} is null) = (${table.passwordHash} is not null) and (${table.name} is null) = (${table.passwordHash} is null)`,
    ),
  ],
)
