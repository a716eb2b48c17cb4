import { bigint, date, integer, pgTable } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/** One row for each day (UTC) that has spins, rolled up by the nightly job. */
export const dailySummaries = pgTable('daily_summaries', {
  day: date({ mode: 'string' }).primaryKey(),
  spins: integer().notNull(),
  totalDurationMs: bigint('total_duration_ms', { mode: 'number' }).notNull(),
  longestDurationMs: integer('longest_duration_ms').notNull(),
  rolledUpAt: instant('rolled_up_at').notNull().defaultNow(),
})
