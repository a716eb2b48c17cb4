import type { Copy } from '@spintrack/contract/copies'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { members } from '@spintrack/database/tenant/members'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { and, asc, gt, inArray, or, sql } from 'drizzle-orm'
import type { Inside } from './company.ts'
import { type Ids, idsHere, oneOf } from './origins.ts'

/** What to carry over. */
export type Load = {
  /** The company it comes from, for the trail of origins. */
  companyId: string
  /** Which spinners, each once and in lower case; all of them when left out. */
  spinnerIds?: readonly string[]
  /** Whether their spins come along, and the names of who spun. */
  spins: boolean
  /** The people who are in both companies: member there → member here. */
  people?: ReadonlyMap<string, string>
}

/** Rows that are read, held and written at once. */
const batch = 1_000

/**
 * Carries spinners from one tenant to another, within a transaction that may enter both. Rows get ids of their own and
 * an origin each. What an earlier copy brought and is still there is skipped; what was deleted since comes again, under
 * the id it had. Whoever spun and is in `from` alone becomes a member who has left.
 *
 * Throws `not_found` for an unknown spinner, `copy_too_large`, `serial_number_taken`.
 */
export async function transfer(from: Inside, to: Inside, load: Load): Promise<Copy> {
  const found = await from(db => findSpinners(db, load))
  if (found.length === 0) return { spinners: 0, spins: 0, members: 0, skipped: 0 }
  const { ids, made, skipped } = await to(db => insertSpinners(db, found, load))
  const copy = { spinners: made, spins: 0, members: 0, skipped }
  if (!load.spins) return copy

  const people = new Map(load.people)
  for await (const rows of batches(from, [...ids.keys()])) {
    const strangers = [...new Set(rows.map(({ memberId }) => memberId))].filter(id => !people.has(id))
    if (strangers.length > 0) {
      const named = await from(db => findMembers(db, strangers))
      copy.members += await to(db => insertMembers(db, named, load, people))
    }
    const made = await to(db => insertSpins(db, rows, load, { spinners: ids, people }))
    copy.spins += made
    copy.skipped += rows.length - made
  }
  return copy
}

type SpinnerRow = typeof spinners.$inferSelect
type SpinRow = typeof spins.$inferSelect

async function findSpinners(db: TenantDb, { spinnerIds, spins: withSpins }: Load): Promise<SpinnerRow[]> {
  const rows = await db
    .select()
    .from(spinners)
    .where(spinnerIds && oneOf(spinners.id, spinnerIds))
    .orderBy(asc(spinners.id))
    .limit(limits.copy.spinners + 1)
  if (rows.length > limits.copy.spinners) throw copyTooLarge('more spinners')
  const ids = rows.map(({ id }) => id)
  if (spinnerIds && ids.length < spinnerIds.length) throw unknownSpinners(spinnerIds, new Set(ids))
  const count = withSpins ? await db.$count(spins, oneOf(spins.spinnerId, ids)) : 0
  if (count > limits.copy.spins) throw copyTooLarge(`${count} spins`)
  return rows
}

function copyTooLarge(got: string): ProblemError {
  const { spinners, spins } = limits.copy
  return new ProblemError(
    'copy_too_large',
    `Expected at most ${spinners} spinners and ${spins} spins in one copy, got ${got}.`,
  )
}

function unknownSpinners(spinnerIds: readonly string[], known: ReadonlySet<string>): ProblemError {
  const errors = spinnerIds.flatMap((id, index) =>
    known.has(id) ? [] : [{ path: at(index), message: 'must be the id of a spinner of this company' }],
  )
  return new ProblemError('not_found', 'There is no such spinner in this company.', { errors })
}

/** A keeper stays one where they are a member as well; nobody keeps a spinner in a company they never were in. */
async function insertSpinners(db: TenantDb, found: SpinnerRow[], { companyId, spinnerIds, people }: Load) {
  const ids = await idsHere(db, 'spinner', companyId, found)
  const present = await db
    .select({ id: spinners.id, serialNumber: spinners.serialNumber })
    .from(spinners)
    .where(
      or(
        oneOf(spinners.id, [...ids.values()]),
        inArray(
          spinners.serialNumber,
          found.map(row => row.serialNumber),
        ),
      ),
    )
  const here = new Set(present.map(({ id }) => id))
  const missing = found.filter(({ id }) => !here.has(ids.get(id) as string))
  const taken = new Set(present.map(({ serialNumber }) => serialNumber))
  const clashing = missing.filter(({ serialNumber }) => taken.has(serialNumber))
  if (clashing.length > 0) throw serialNumbersTaken(clashing, spinnerIds)
  if (missing.length > 0) {
    await db.insert(spinners).values(
      missing.map(({ updatedAt: _, version: __, ...row }) => ({
        ...row,
        id: ids.get(row.id) as string,
        memberId: (row.memberId && people?.get(row.memberId)) ?? null,
      })),
    )
  }
  return { ids, made: missing.length, skipped: found.length - missing.length }
}

function serialNumbersTaken(clashing: SpinnerRow[], spinnerIds: readonly string[] = []): ProblemError {
  const errors = clashing.map(({ id, serialNumber }) => ({
    path: at(spinnerIds.indexOf(id)),
    message: `${serialNumber} is already used by another spinner there`,
  }))
  return new ProblemError('serial_number_taken', 'Other spinners there have these serial numbers.', { errors })
}

function at(index: number): string {
  return `/body/spinnerIds/${index}`
}

async function findMembers(db: TenantDb, ids: readonly string[]) {
  return db
    .select({ id: members.id, name: members.name })
    .from(members)
    .where(oneOf(members.id, ids))
    .orderBy(asc(members.id))
}

/** Adds strangers to `people`, and returns how many of them were new here. */
async function insertMembers(
  db: TenantDb,
  strangers: { id: string; name: string }[],
  { companyId }: Load,
  people: Map<string, string>,
): Promise<number> {
  for (const [source, here] of await idsHere(db, 'member', companyId, strangers)) people.set(source, here)
  const { rowCount } = await db
    .insert(members)
    .values(strangers.map(({ id, name }) => ({ id: people.get(id) as string, name, leftAt: sql`now()` })))
    .onConflictDoNothing({ target: members.id })
  return rowCount ?? 0
}

async function* batches(from: Inside, spinnerIds: readonly string[]): AsyncGenerator<SpinRow[]> {
  let after: string | undefined
  for (;;) {
    const rows = await from(db =>
      db
        .select()
        .from(spins)
        .where(and(oneOf(spins.spinnerId, spinnerIds), after ? gt(spins.id, after) : undefined))
        .orderBy(asc(spins.id))
        .limit(batch),
    )
    if (rows.length > 0) yield rows
    if (rows.length < batch) return
    after = rows.at(-1)?.id
  }
}

async function insertSpins(
  db: TenantDb,
  found: SpinRow[],
  { companyId }: Load,
  ids: { spinners: Ids; people: Ids },
): Promise<number> {
  const here = await idsHere(db, 'spin', companyId, found)
  const { rowCount } = await db
    .insert(spins)
    .values(
      found.map(({ version: _, ...row }) => ({
        ...row,
        id: here.get(row.id) as string,
        spinnerId: ids.spinners.get(row.spinnerId) as string,
        memberId: ids.people.get(row.memberId) as string,
      })),
    )
    .onConflictDoNothing({ target: spins.id })
  return rowCount ?? 0
}
