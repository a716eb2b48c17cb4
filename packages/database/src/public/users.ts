import { sql } from 'drizzle-orm'
import { boolean, check, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/** People who can log in. */
export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    /** Lower case and trimmed; one account for one address. */
    email: text().notNull().unique('users_email_key'),
    name: text().notNull(),
    passwordHash: text('password_hash').notNull(),
    emailVerifiedAt: instant('email_verified_at'),
    staff: boolean().notNull().default(false),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  table => [check('users_email_check', sql`${table.email} = lower(btrim(${table.email}))`)],
)
