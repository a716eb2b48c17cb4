import { tenants } from '@spintrack/tenancy/tenants'
import { sql } from 'drizzle-orm'
import { check, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/** Customers of the service. A company's state is its tenant's, kept in one place. */
export const companies = pgTable(
  'companies',
  {
    id: uuid().primaryKey(),
    tenant: text()
      .notNull()
      .unique('companies_tenant_key')
      .references(() => tenants.name),
    slug: text().notNull().unique('companies_slug_key'),
    name: text().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  table => [check('companies_slug_check', sql`${table.slug} ~ '^[a-z0-9]+(-[a-z0-9]+)*$'`)],
)
