import { tenants } from '@spintrack/tenancy/tenants'
import { pgTable, text } from 'drizzle-orm/pg-core'

/** The control table, in `public`: which key opens which tenant. */
export const workspaces = pgTable('workspaces', {
  keyHash: text('key_hash').primaryKey(),
  tenant: text()
    .notNull()
    .references(() => tenants.name),
})
