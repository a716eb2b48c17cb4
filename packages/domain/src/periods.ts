import { spins } from '@spintrack/database/tenant/spins'
import { gte, lt, type SQL } from 'drizzle-orm'

/** A span of time: spins that started at or after `from` and before `to`, both ISO 8601. */
export type Period = { from?: string | undefined; to?: string | undefined }

/** The conditions on `spins` that a period stands for. */
export function period({ from, to }: Period): (SQL | undefined)[] {
  return [from ? gte(spins.startedAt, new Date(from)) : undefined, to ? lt(spins.startedAt, new Date(to)) : undefined]
}
