import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/** A person as this company knows them. Stays when the person leaves, since their spins do. */
export const members = pgTable('members', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  leftAt: instant('left_at'),
})
