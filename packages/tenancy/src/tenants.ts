import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * The states of a tenant. `provisioning -> standby -> ready`, then `ready <-> suspended`, `ready <-> archived`, and
 * `purging` on the way out. A `template` is copied from and never entered by people. `failed` keeps the reason in
 * `last_error`.
 */
export const tenantStates = [
  'provisioning',
  'standby',
  'ready',
  'template',
  'suspended',
  'archived',
  'purging',
  'failed',
] as const
export type TenantState = (typeof tenantStates)[number]

/** Every tenant of the installation: where it lives, which version its schema has, and how it is. */
export const tenants = pgTable(
  'tenants',
  {
    /** The name of its schema and of its role. */
    name: text().primaryKey(),
    state: text().$type<TenantState>().notNull(),
    /** How many tenant migrations its schema has. */
    version: integer().notNull(),
    /** Which database it lives in; there is one, until a fleet needs more. */
    database: text().notNull().default('primary'),
    lastError: text('last_error'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    claimedAt: timestamp('claimed_at', { withTimezone: true }),
  },
  table => [
    check('tenants_name_check', sql`${table.name} ~ '^t_[a-z0-9]{12,26}$'`),
    check('tenants_state_check', sql.raw(`state in (${tenantStates.map(state => `'${state}'`).join(', ')})`)),
    index('tenants_standby_index').on(table.createdAt).where(sql`state = 'standby'`),
  ],
)
