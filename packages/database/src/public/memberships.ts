import { type Role, roles } from '@spintrack/contract/permissions'
import { index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf } from '../columns.ts'
import { companies } from './companies.ts'
import { users } from './users.ts'

/** Who may enter which company, and as what. Read on every request, so that taking one away works at once. */
export const memberships = pgTable(
  'memberships',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    companyId: uuid('company_id')
      .notNull()
      .references(() => companies.id, { onDelete: 'cascade' }),
    role: text().$type<Role>().notNull(),
    /** The person's row in the tenant's `members`. No foreign key crosses into a tenant. */
    memberId: uuid('member_id').notNull(),
    lastOpenedAt: instant('last_opened_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  table => [
    primaryKey({ columns: [table.userId, table.companyId] }),
    index('memberships_company_index').on(table.companyId, table.lastOpenedAt),
    oneOf('memberships_role_check', 'role', roles),
  ],
)
