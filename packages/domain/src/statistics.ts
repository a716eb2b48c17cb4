import { limits } from '@spintrack/contract/limits'
import type {
  SpinnerStatistics,
  SpinnerStatisticsQuery,
  StatisticsQuery,
  Summary,
} from '@spintrack/contract/statistics'
import { members } from '@spintrack/database/tenant/members'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import { and, desc, eq, isNotNull, isNull, or, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { period } from './periods.ts'

/** Sums are read as numbers: the spins of a company would have to last 285,000 years together to pass 2^53 ms. */
const total = sql<number>`coalesce(sum(${spins.durationMs}), 0)`.mapWith(Number)
const average = sql<number | null>`round(avg(${spins.durationMs}))`.mapWith(nullableNumber)
const longest = sql<number | null>`max(${spins.durationMs})`.mapWith(nullableNumber)

/** The figures of a company over the spins of a period; spinners in use and people as they are now. */
export async function summary(company: Company, query: StatisticsQuery): Promise<Summary> {
  const [row] = await company.read(db =>
    db
      .select({
        spins: sql<number>`count(*)`.mapWith(Number),
        spinners: sql<number>`(${db.$count(spinners, eq(spinners.status, 'active'))})`.mapWith(Number),
        members: sql<number>`(${db.$count(members, isNull(members.leftAt))})`.mapWith(Number),
        totalDurationMs: total,
        averageDurationMs: average,
        longestDurationMs: longest,
      })
      .from(spins)
      .where(and(...period(query))),
  )
  return row as Summary
}

/** The spinners of a company by average duration, longest first; those in use but not spun in the period come last. */
export async function spinnerStatistics(
  company: Company,
  { limit = limits.page.default, cursor, ...query }: SpinnerStatisticsQuery,
) {
  const key = sql<number>`coalesce(round(avg(${spins.durationMs})), -1)`.mapWith(Number)
  const rows = await company.read(db =>
    db
      .select({
        spinnerId: spinners.id,
        name: spinners.name,
        serialNumber: spinners.serialNumber,
        spins: sql<number>`count(${spins.id})`.mapWith(Number),
        totalDurationMs: total,
        averageDurationMs: average,
        longestDurationMs: longest,
        lastSpinAt: sql<Date | null>`max(${spins.startedAt})`.mapWith(nullableDate),
      })
      .from(spinners)
      .leftJoin(spins, and(eq(spins.spinnerId, spinners.id), ...period(query)))
      .where(or(eq(spinners.status, 'active'), isNotNull(spins.id)))
      .groupBy(spinners.id)
      .having(cursor ? after(cursor, key) : undefined)
      .orderBy(desc(key), desc(spinners.id))
      .limit(limit + 1),
  )
  return page(rows, limit, shape, row => ({ key: row.averageDurationMs ?? -1, id: row.spinnerId }))
}

type Row = Omit<SpinnerStatistics, 'lastSpinAt'> & { lastSpinAt: Date | null }

function after(cursor: string, key: ReturnType<typeof sql>) {
  const position = decodeCursor(cursor)
  return sql`(${key}, ${spinners.id}) < (${position.key}::numeric, ${position.id}::uuid)`
}

function shape({ lastSpinAt, ...row }: Row): SpinnerStatistics {
  return { ...row, lastSpinAt: lastSpinAt?.toISOString() ?? null }
}

function nullableNumber(value: string | number | null): number | null {
  return value === null ? null : Number(value)
}

function nullableDate(value: string | null): Date | null {
  return value === null ? null : new Date(value)
}
