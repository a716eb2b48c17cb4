import { templateContents } from '@spintrack/contract/states'
import { tenants } from '@spintrack/tenancy/tenants'
import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf } from '../columns.ts'
import { companies } from './companies.ts'

/** Companies to begin from: each a tenant in state `template`, so that migrations keep it current like any other. */
export const templates = pgTable(
  'templates',
  {
    id: uuid().primaryKey(),
    tenant: text()
      .notNull()
      .unique('templates_tenant_key')
      .references(() => tenants.name),
    /** The company it was made from and belongs to. */
    companyId: uuid('company_id')
      .notNull()
      .references(() => companies.id),
    name: text().notNull(),
    contents: text().$type<(typeof templateContents)[number]>().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  table => [
    oneOf('templates_contents_check', 'contents', templateContents),
    index('templates_company_index').on(table.companyId),
  ],
)
