import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** Whether the time in `column`, null for never, is more than a minute ago. What is noted of each request is written no more often. */
export function stale(column: PgColumn): SQL<boolean> {
  return sql<boolean>`coalesce(${column} < now() - interval '1 minute', true)`
}
