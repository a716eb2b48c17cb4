import { type originKinds, origins } from '@spintrack/database/tenant/origins'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { newId } from './ids.ts'

/** Ids of another company's rows, and those that their copies have here. */
export type Ids = ReadonlyMap<string, string>

/**
 * The ids that rows of another company have here: those of before, and new ones for the rest. Pass `rows` in the order of
 * their ids: two copies of the same rows at once then come here one after the other, and do not wait for each other.
 */
export async function idsHere(
  db: TenantDb,
  kind: (typeof originKinds)[number],
  companyId: string,
  rows: { id: string }[],
): Promise<Ids> {
  const sourceIds = rows.map(({ id }) => id)
  await db
    .insert(origins)
    .values(sourceIds.map(sourceId => ({ id: newId(), kind, companyId, sourceId })))
    .onConflictDoNothing({ target: [origins.kind, origins.sourceId] })
  const known = await db
    .select({ id: origins.id, sourceId: origins.sourceId })
    .from(origins)
    .where(and(eq(origins.kind, kind), oneOf(origins.sourceId, sourceIds)))
  return new Map(known.map(({ id, sourceId }) => [sourceId, id]))
}

/** That a column has one of `ids`, which are one parameter, however many. */
export function oneOf(column: PgColumn, ids: readonly string[]): SQL {
  return sql`${column} = any(${sql.param([...ids])}::uuid[])`
}
