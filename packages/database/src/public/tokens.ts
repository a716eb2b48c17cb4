import { tokenScopes } from '@spintrack/contract/states'
import { sql } from 'drizzle-orm'
import { check, foreignKey, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'
import { memberships } from './memberships.ts'

/** Keys for scripts. Each belongs to one membership and ends with it. */
export const tokens = pgTable(
  'tokens',
  {
    id: uuid().primaryKey(),
    userId: uuid('user_id').notNull(),
    companyId: uuid('company_id').notNull(),
    name: text().notNull(),
    /** SHA-256 of the token, in hex. The token itself is shown once and not stored. */
    hash: text().notNull().unique('tokens_hash_key'),
    /** Its first characters, to tell it from others. */
    prefix: text().notNull(),
    scopes: text().array().$type<(typeof tokenScopes)[number][]>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    lastUsedAt: instant('last_used_at'),
    /** Never, when null. */
    expiresAt: instant('expires_at'),
  },
  table => [
    foreignKey({
      name: 'tokens_membership_fk',
      columns: [table.userId, table.companyId],
      foreignColumns: [memberships.userId, memberships.companyId],
    }).onDelete('cascade'),
    index('tokens_membership_index').on(table.companyId, table.userId),
    check(
      'tokens_scopes_check',
      sql.raw(`scopes <@ array[${tokenScopes.map(scope => `'${scope}'`).join(', ')}] and cardinality(scopes) > 0`),
    ),
  ],
)
