import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/** What a purge removed: rows of each table of the tenant, and rows of control tables and jobs by kind. Numbers only. */
export type Removed = { tables: Record<string, number>; control: Record<string, number> }

/** Proof of a purge. Holds nothing of what the tenant's people wrote, so that nothing of it is left. */
export const deletionCertificates = pgTable('deletion_certificates', {
  /** The name the tenant's schema and role had. */
  tenant: text().primaryKey(),
  /** What the application calls the tenant: an opaque id, never a name. */
  subject: text(),
  version: integer().notNull(),
  removed: jsonb().$type<Removed>().notNull(),
  purgedAt: timestamp('purged_at', { withTimezone: true, precision: 3 }).notNull().defaultNow(),
})

export type Certificate = typeof deletionCertificates.$inferSelect
