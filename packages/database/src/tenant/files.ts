import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from '../columns.ts'

/** Files that a company's people uploaded. Small ones: each is read and written whole. */
export const files = pgTable('files', {
  id: uuid().primaryKey(),
  /** What it is to the company; there is one of each: `logo`. */
  purpose: text().notNull().unique('files_purpose_key'),
  mediaType: text('media_type').notNull(),
  sizeBytes: integer('size_bytes').notNull(),
  content: bytea().notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
})
