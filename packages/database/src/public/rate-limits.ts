import { sql } from 'drizzle-orm'
import { check, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/** What all API processes together have counted of a caller in a window of time, which each adds to about once a second. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    /** What kind of caller, and a hash of who: nothing that could be used to log in. */
    caller: text().notNull(),
    windowStart: instant('window_start').notNull(),
    used: integer().notNull(),
  },
  table => [
    primaryKey({ columns: [table.caller, table.windowStart] }),
    check('rate_limits_used_check', sql`${table.used} >= 0`),
  ],
)
