import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'

/** The only table that every tenant has. */
export const notes = pgTable('notes', {
  id: uuid().primaryKey().defaultRandom(),
  text: text().notNull(),
  words: integer().notNull().default(0),
})
