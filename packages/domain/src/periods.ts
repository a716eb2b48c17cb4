import { spins } from '@spintrack/database/tenant/spins'
import { gte, lt, type Placeholder, type SQL } from 'drizzle-orm'

/** A span of time: spins that started at or after `from` and before `to`, both ISO 8601. */
export type Period = { from?: string | undefined; to?: string | undefined }

/** The conditions on `spins` that a period stands for. In a prepared query a bound is a placeholder for such a text in UTC. */
export function period({ from, to }: Bounds): (SQL | undefined)[] {
  return [from ? gte(spins.startedAt, instant(from)) : undefined, to ? lt(spins.startedAt, instant(to)) : undefined]
}

/** The bounds as a prepared query is given them: PostgreSQL does not read every offset that RFC 3339 allows. */
export function bounds({ from, to }: Period): Period {
  return { from: from && new Date(from).toISOString(), to: to && new Date(to).toISOString() }
}

type Bounds = { from?: string | Placeholder | undefined; to?: string | Placeholder | undefined }

function instant(bound: string | Placeholder): Date | Placeholder {
  return typeof bound === 'string' ? new Date(bound) : bound
}
