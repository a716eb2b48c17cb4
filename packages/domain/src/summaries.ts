import { dailySummaries } from '@spintrack/database/tenant/daily-summaries'
import { spins } from '@spintrack/database/tenant/spins'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { sql } from 'drizzle-orm'

/**
 * Sums up the finished days (UTC) of a company. Always all of them, since spins of long ago can be added, changed and
 * deleted; so it may be run at any time and any number of times. Returns how many days have spins.
 */
export async function rollUp(db: TenantDb): Promise<number> {
  const { rowCount } = await db.execute(sql`
    with days as (
      select (started_at at time zone 'UTC')::date as day, count(*)::int as spins, sum(duration_ms) as total,
        max(duration_ms) as longest
      from ${spins} where started_at < date_trunc('day', now(), 'UTC') group by 1
    ), gone as (
      delete from ${dailySummaries} where day not in (select day from days)
    )
    insert into ${dailySummaries} (day, spins, total_duration_ms, longest_duration_ms)
    select day, spins, total, longest from days
    on conflict (day) do update set spins = excluded.spins, total_duration_ms = excluded.total_duration_ms,
      longest_duration_ms = excluded.longest_duration_ms, rolled_up_at = now()`)
  return rowCount ?? 0
}
