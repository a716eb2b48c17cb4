import type { eventTypes } from '@spintrack/contract/states'
import { sql } from 'drizzle-orm'
import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant, xid8 } from '../columns.ts'

/**
 * What changed, for a day or two: each row written in the transaction of its change. Ids alone, so that nothing of what
 * people wrote or deleted is kept here.
 */
export const events = pgTable(
  'events',
  {
    /** The transaction that wrote it. Together with a snapshot it says exactly who has seen it, whatever order commits have. */
    xid: xid8().notNull().default(sql`pg_current_xact_id()`),
    id: uuid().notNull(),
    /** No CHECK: a new type must not need a migration of the fleet. */
    type: text().$type<(typeof eventTypes)[number]>().notNull(),
    /** The spin or spinner; null when there are many. */
    subjectId: uuid('subject_id'),
    count: integer().notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  table => [primaryKey({ columns: [table.xid, table.id] })],
)
