import { tenants } from '@spintrack/tenancy/tenants'
import { sql } from 'drizzle-orm'
import { check, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'
import { users } from './users.ts'

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
    /** `#rrggbb`, the accent its people see. */
    colour: text(),
    /** A line for the dashboard. */
    greeting: text(),
    /** When the logo in the tenant's `files` changed last; null without one. */
    logoUpdatedAt: instant('logo_updated_at'),
    /** How many webhooks its tenant has, so that a write knows at once whether anything is to be sent. */
    webhooks: integer().notNull().default(0),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Grows with every change of the row's name, slug or branding. */
    version: integer().notNull().default(1),
    /** A demo belongs to one person, who has no second one, and goes when it expires. Both are null once it is kept. */
    demoUserId: uuid('demo_user_id')
      .unique('companies_demo_user_key')
      .references(() => users.id),
    demoExpiresAt: instant('demo_expires_at'),
    /** When its owner wants it gone for good; until then the deletion can be undone. */
    deleteAfter: instant('delete_after'),
  },
  table => [
    check('companies_slug_check', sql`${table.slug} ~ '^[a-z0-9]+(-[a-z0-9]+)*$'`),
    check('companies_demo_check', sql`(${table.demoUserId} is null) = (${table.demoExpiresAt} is null)`),
  ],
)
