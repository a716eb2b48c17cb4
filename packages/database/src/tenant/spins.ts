import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'
import { members } from './members.ts'
import { spinners } from './spinners.ts'

/** Uses of spinners: who spun which one, from when, for how long. */
export const spins = pgTable(
  'spins',
  {
    id: uuid().primaryKey(),
    spinnerId: uuid('spinner_id')
      .notNull()
      .references(() => spinners.id),
    memberId: uuid('member_id')
      .notNull()
      .references(() => members.id),
    startedAt: instant('started_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    note: text(),
    createdAt: instant('created_at').notNull().defaultNow(),
    version: integer().notNull().default(1),
  },
  table => [
    check('spins_duration_check', sql`${table.durationMs} > 0`),
    index('spins_started_index').on(table.startedAt, table.id),
    index('spins_spinner_index').on(table.spinnerId, table.startedAt, table.id),
    index('spins_member_index').on(table.memberId, table.startedAt, table.id),
  ],
)
