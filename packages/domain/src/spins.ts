import { limits } from '@spintrack/contract/limits'
import { type ProblemCode, ProblemError } from '@spintrack/contract/problems'
import type { CreatedSpins, CreateSpin, CreateSpins, Spin, SpinListQuery, UpdateSpin } from '@spintrack/contract/spins'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { type Holes, prepared } from '@spintrack/tenancy/prepared'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'
import { bounds, type Period, period } from './periods.ts'
import { findSpins, insertSpins, type SpinRefusal } from './spin-rows.ts'
import { staleVersion } from './versions.ts'

/** A spin and the version its ETag is made of. */
export type Versioned<T> = { value: T; version: number }

/** The spins of a company, latest start first. */
export async function listSpins(
  company: Company,
  { spinnerId, memberId, from, to, limit = limits.page.default, cursor }: SpinListQuery,
) {
  const filters = { spinnerId, memberId, ...bounds({ from, to }), ...(cursor && after(cursor)), limit: limit + 1 }
  const rows = await company.read(db => list(db, filters))
  return page(rows, limit, shapeSpin, row => ({ key: row.startedAt.getTime(), id: row.id }))
}

/**
 * Records a spin. Without `startedAt` it has just ended; without `memberId` the caller spun. Throws `not_found` for a
 * spinner or member of no or another company, `spinner_retired`.
 */
export async function createSpin(company: Company, body: CreateSpin): Promise<Versioned<Spin>> {
  const { startedAt, ...values } = body
  return company.write(async (db, tell) => {
    const inserting = db
      .insert(spins)
      .values({
        id: newId(),
        memberId: company.memberId,
        ...values,
        startedAt: startedAt ? new Date(startedAt) : new Date(Date.now() - body.durationMs),
      })
      .returning()
    // Sent together: when the spinner is retired the whole is rolled back.
    const [, [row]] = await Promise.all([requireActive(db, body.spinnerId), inserting])
    const { id } = row as Row
    tell({ type: 'spin.created', id })
    return versioned(row as Row)
  })
}

/**
 * Records many spins, all or none, each as `createSpin` does. Throws the refusal of the first that is wrong, with all of
 * them by their place.
 */
export async function createSpins(company: Company, { items }: CreateSpins): Promise<CreatedSpins> {
  return company.write(async (db, tell) => {
    const found = await findSpins(db, items, { memberId: company.memberId, retired: false })
    const wrong = found.flatMap(({ refusal }, place) => (refusal ? [{ place, ...refusal }] : []))
    if (wrong[0]) throw refusedItems(wrong[0].code, wrong)
    await insertSpins(
      db,
      found.flatMap(({ row }) => row ?? []),
    )
    tell({ type: 'spins.created', count: items.length })
    return { created: items.length }
  })
}

/** One spin. Throws `not_found`. */
export async function getSpin(company: Company, id: string): Promise<Versioned<Spin>> {
  return versioned(await company.read(db => find(db, id)))
}

/** Changes a spin, if it is still at `version` when one is given. Throws `not_found`, `stale_version`. */
export async function updateSpin(
  company: Company,
  id: string,
  changes: UpdateSpin,
  version?: number,
): Promise<Versioned<Spin>> {
  const { startedAt, ...values } = changes
  return company.write(async (db, tell) => {
    const [row] = await db
      .update(spins)
      .set({ ...values, ...(startedAt && { startedAt: new Date(startedAt) }), version: sql`${spins.version} + 1` })
      .where(and(eq(spins.id, id), version === undefined ? undefined : eq(spins.version, version)))
      .returning()
    if (!row) {
      await find(db, id)
      throw staleVersion()
    }
    tell({ type: 'spin.changed', id: row.id })
    return versioned(row)
  })
}

/** Deletes a spin. Throws `not_found`, `stale_version`. */
export async function deleteSpin(company: Company, id: string, version?: number): Promise<void> {
  await company.write(async (db, tell) => {
    const [row] = await db
      .delete(spins)
      .where(and(eq(spins.id, id), version === undefined ? undefined : eq(spins.version, version)))
      .returning({ id: spins.id })
    if (!row) {
      await find(db, id)
      throw staleVersion()
    }
    tell({ type: 'spin.deleted', id: row.id })
  })
}

type Row = typeof spins.$inferSelect

type Filters = Period & {
  spinnerId: string | undefined
  memberId: string | undefined
  startedBefore?: string
  idBefore?: string
  limit: number
}

/** Behind a cursor with one row comparison, so that the index answers it. */
const list = prepared((db, { spinnerId, memberId, from, to, startedBefore, idBefore, limit }: Holes<Filters>) =>
  db
    .select()
    .from(spins)
    .where(
      and(
        spinnerId ? eq(spins.spinnerId, spinnerId) : undefined,
        memberId ? eq(spins.memberId, memberId) : undefined,
        ...period({ from, to }),
        startedBefore
          ? sql`(${spins.startedAt}, ${spins.id}) < (${startedBefore}::timestamptz, ${idBefore}::uuid)`
          : undefined,
      ),
    )
    .orderBy(desc(spins.startedAt), desc(spins.id))
    .limit(limit),
)

/** The part of the filters that a cursor stands for. */
function after(cursor: string) {
  const { key, id } = decodeCursor(cursor)
  return { startedBefore: new Date(key).toISOString(), idBefore: id }
}

/** A missing spinner is left to the foreign key, which also sees what others delete at this moment. */
async function requireActive(db: TenantDb, spinnerId: string): Promise<void> {
  const [spinner] = await db.select({ status: spinners.status }).from(spinners).where(eq(spinners.id, spinnerId))
  if (spinner?.status === 'retired') {
    throw new ProblemError('spinner_retired', 'This spinner is retired. Make it active again to record spins with it.')
  }
}

function refusedItems(code: ProblemCode, wrong: (SpinRefusal & { place: number })[]): ProblemError {
  const errors = wrong
    .slice(0, limits.import.errors)
    .map(({ place, field, message }) => ({ path: `/body/items/${place}/${field}`, message }))
  return new ProblemError(code, `Nothing was recorded: ${wrong.length} of the spins are wrong.`, { errors })
}

async function find(db: TenantDb, id: string): Promise<Row> {
  const [row] = await db.select().from(spins).where(eq(spins.id, id))
  if (!row) throw new ProblemError('not_found', 'There is no such spin in this company.')
  return row
}

function versioned(row: Row): Versioned<Spin> {
  return { value: shapeSpin(row), version: row.version }
}

/** A spin as the API has it. */
export function shapeSpin({ version: _, ...row }: Row): Spin {
  return { ...row, startedAt: row.startedAt.toISOString(), createdAt: row.createdAt.toISOString() }
}
