import type { Event } from '@spintrack/contract/events'
import { events } from '@spintrack/database/tenant/events'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import { type Holes, prepared } from '@spintrack/tenancy/prepared'
import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { shapeSpinner } from './spinners.ts'
import { shapeSpin } from './spins.ts'

/**
 * How far somebody was told: of everything that the transactions of one moment had committed (`seen`, a pg_snapshot). In the
 * middle of a page also up to which moment that goes (`upTo`), and after which event the rest begins (`after`).
 *
 * A number that grows with each event would not do: of two transactions at once the one with the lower number may commit
 * later, when the higher one has been told already. To keep them from that they would have to wait for each other.
 */
export type Position = { seen: string; upTo?: string; after?: { xid: string; id: string } }

/** An event, and how far somebody was told who has it and those before it. */
export type ToldEvent = { event: Event; position: Position }

/** Events in the order in which they can be told, and where to go on. `more`: there are others already. */
export type EventPage = { told: ToldEvent[]; position: Position; more: boolean }

/** The position of somebody who wants to know of what comes from now on. */
export async function currentPosition(company: Pick<Company, 'read'>): Promise<Position> {
  const { rows } = await company.read(db => db.execute<{ now: string }>(sql`select ${now} as now`))
  return { seen: (rows[0] as { now: string }).now }
}

/** The next events after `position`, each once, with what they are about as it is now; at most `limit`. */
export async function readEvents(
  company: Pick<Company, 'read'>,
  position: Position,
  limit: number,
): Promise<EventPage> {
  const { seen, upTo, after } = position
  const rows = await company.read(db => page(db, { seen, upTo, afterXid: after?.xid, afterId: after?.id, limit }))
  const end = upTo ?? (rows[0] as Row).now
  const told: ToldEvent[] = []
  for (const { event, spin, spinner } of rows) {
    if (!event) continue
    const { xid, id } = event
    told.push({ event: shapeEvent(event, spin, spinner), position: { seen, upTo: end, after: { xid, id } } })
  }
  const more = told.length === limit
  const last = told.at(-1)
  if (more && last) return { told, position: last.position, more }
  if (last) last.position = { seen: end }
  return { told, position: { seen: end }, more }
}

/** Whether `position` lies behind `now`, as it does unless the database was restored from a copy since. */
export function isBehind(position: Position, now: Position): boolean {
  return nextXid(position.upTo ?? position.seen) <= nextXid(now.seen)
}

const now = sql<string>`pg_current_snapshot()::text`

type Where = {
  seen: string
  upTo: string | undefined
  afterXid: string | undefined
  afterId: string | undefined
  limit: number
}
type Row = Awaited<ReturnType<typeof page>>[number]

/** One row without an event when there is none, since the moment is wanted all the same. */
const page = prepared((db, { seen, upTo, afterXid, afterId, limit }: Holes<Where>) => {
  const conditions: SQL[] = [
    // For the index; the next line is the rule.
    sql`${events.xid} >= pg_snapshot_xmin(${seen}::pg_snapshot)`,
    sql`not pg_visible_in_snapshot(${events.xid}, ${seen}::pg_snapshot)`,
  ]
  if (upTo) conditions.push(sql`pg_visible_in_snapshot(${events.xid}, ${upTo}::pg_snapshot)`)
  if (afterXid) conditions.push(sql`(${events.xid}, ${events.id}) > (${afterXid}::xid8, ${afterId}::uuid)`)
  return db
    .select({
      now,
      event: {
        xid: events.xid,
        id: events.id,
        type: events.type,
        subjectId: events.subjectId,
        count: events.count,
        createdAt: events.createdAt,
      },
      spin: spins,
      spinner: spinners,
    })
    .from(sql`(select) moment`)
    .leftJoin(events, sql.join(conditions, sql` and `))
    .leftJoin(spins, eq(spins.id, events.subjectId))
    .leftJoin(spinners, eq(spinners.id, events.subjectId))
    .orderBy(asc(events.xid), asc(events.id))
    .limit(limit)
})

/** What is stored of an event, and needed to tell it. */
export type Stored = Omit<NonNullable<Row['event']>, 'xid'>

/** An event as the API has it, with what it is about. */
export function shapeEvent(
  { id, type, subjectId, count, createdAt }: Stored,
  spin: Row['spin'],
  spinner: Row['spinner'],
): Event {
  return {
    id,
    type,
    timestamp: createdAt.toISOString(),
    data: {
      id: subjectId,
      count,
      ...(spin && { spin: shapeSpin(spin) }),
      ...(spinner && { spinner: shapeSpinner(spinner) }),
    },
  }
}

/** The first transaction that a snapshot knows nothing of. */
function nextXid(snapshot: string): bigint {
  return BigInt(snapshot.split(':')[1] ?? 0)
}
