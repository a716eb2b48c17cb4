import { type Role, roles } from '@spintrack/contract/permissions'
import { index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf } from '../columns.ts'
import { companies } from './companies.ts'
import { users } from './users.ts'

/** Open invitations. Each is deleted when it is accepted, declined or withdrawn, so none can be used twice. */
export const invitations = pgTable(
  'invitations',
  {
    id: uuid().primaryKey(),
    companyId: uuid('company_id')
      .notNull()
      .references(() => companies.id, { onDelete: 'cascade' }),
    /** Whom it is for, as in `users`; null for whoever has the link. */
    email: text(),
    role: text().$type<Role>().notNull(),
    /** SHA-256 of what the link ends with, in hex. The link itself is not stored. */
    tokenHash: text('token_hash').notNull().unique('invitations_token_key'),
    /** Who sent it last, and their row in the tenant's `members`. They must still be allowed to when it is accepted. */
    invitedBy: uuid('invited_by')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    memberId: uuid('member_id').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
  },
  table => [
    unique('invitations_email_key').on(table.companyId, table.email),
    index('invitations_email_index').on(table.email),
    oneOf('invitations_role_check', 'role', roles),
  ],
)
