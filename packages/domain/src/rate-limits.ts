import { rateLimits } from '@spintrack/database/public/rate-limits'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { sql } from 'drizzle-orm'

/** What a caller has left in the window. */
export type Budget = { allowed: boolean; remaining: number; resetSeconds: number }

export type RateLimits = {
  /** Counts a request of `caller`, who may send `limit` in a window. One that is refused does not count. */
  take(caller: string, limit: number): Budget
  /** Adds what was counted here since the last time to what all processes count, and learns their sums. One query, or none. */
  reconcile(): Promise<void>
}

export type RateLimitOptions = {
  control: ControlDb
  windowMs: number
  /** The most callers remembered in a window; the one known longest gives way to the next, and begins anew. */
  maxCallers?: number
  /** Milliseconds since 1970. Processes share windows as far as their clocks agree. */
  now?: () => number
}

/**
 * Counts requests by caller in windows of fixed length, here in memory. What other processes count is known after the
 * next `reconcile`, so within that time a caller can get as much as the limit from each process.
 */
export function createRateLimits({
  control,
  windowMs,
  maxCallers = 20_000,
  now = Date.now,
}: RateLimitOptions): RateLimits {
  let window: Window = { start: 0, callers: new Map() }
  let reconciling: Promise<void> | undefined
  return {
    take(caller, limit) {
      const time = now()
      const start = time - (time % windowMs)
      // Nobody asks for a window that is over, so what is still to be added to it goes with it.
      if (start !== window.start) window = { start, callers: new Map() }
      const count = window.callers.get(caller) ?? admit(window.callers, caller, maxCallers)
      const allowed = count.shared + count.own < limit
      if (allowed) count.own++
      return {
        allowed,
        remaining: Math.max(0, limit - count.shared - count.own),
        resetSeconds: Math.ceil((start + windowMs - time) / 1000),
      }
    },

    reconcile() {
      reconciling ??= reconcile(control, window).finally(() => {
        reconciling = undefined
      })
      return reconciling
    },
  }
}

/** Deletes what was counted in windows that are over. */
export async function forgetWindows(db: ControlDb): Promise<void> {
  await db.execute(sql`delete from ${rateLimits} where ${rateLimits.windowStart} < now() - interval '1 hour'`)
}

type Window = { start: number; callers: Map<string, Count> }

/** `shared` is what all processes are known to have counted, `own` what is to be added to it. */
type Count = { shared: number; own: number }

function admit(callers: Map<string, Count>, caller: string, maxCallers: number): Count {
  if (callers.size >= maxCallers) callers.delete(callers.keys().next().value as string)
  const count = { shared: 0, own: 0 }
  callers.set(caller, count)
  return count
}

async function reconcile(control: ControlDb, { start, callers }: Window): Promise<void> {
  const sent = new Map<string, number>()
  for (const [caller, { own }] of callers) if (own > 0) sent.set(caller, own)
  if (sent.size === 0) return
  // In one order for all processes, so that no two wait for each other.
  const names = [...sent.keys()].sort()
  const { rows } = await control.execute<{ caller: string; used: number }>(sql`
    insert into ${rateLimits} (caller, window_start, used)
    select caller, ${new Date(start).toISOString()}::timestamptz, used
    from unnest(${sql.param(names)}::text[], ${sql.param(names.map(name => sent.get(name)))}::int[]) counted (caller, used)
    on conflict (caller, window_start) do update set used = ${rateLimits.used} + excluded.used
    returning caller, used`)
  for (const { caller, used } of rows) {
    const count = callers.get(caller)
    if (!count) continue
    count.shared = used
    count.own -= sent.get(caller) ?? 0
  }
}
