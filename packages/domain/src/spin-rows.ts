import type { ProblemCode } from '@spintrack/contract/problems'
import type { ImportedSpin } from '@spintrack/contract/spins'
import { members } from '@spintrack/database/tenant/members'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { or, sql } from 'drizzle-orm'
import { newId } from './ids.ts'
import { oneOf } from './origins.ts'

/** Spins as they are sent by the hundred: the spinner by its id, else by its serial number. */
export type GivenSpin = Pick<
  ImportedSpin,
  'spinnerId' | 'serialNumber' | 'memberId' | 'startedAt' | 'durationMs' | 'note'
>

/** Why a spin is refused, and which field of it is wrong. */
export type SpinRefusal = { code: ProblemCode; field: string; message: string }

/** A spin whose spinner and member are there, or why it is refused. */
export type FoundSpin = { row: SpinRow; refusal?: never } | { row?: never; refusal: SpinRefusal }

type SpinRow = typeof spins.$inferInsert

/**
 * Looks for the spinners and members of many spins at once, and holds on to them, so that nobody deletes one before the
 * spins are written. What a spin leaves out is as in `createSpin`: it has just ended, and the caller, `memberId`, spun.
 */
export async function findSpins(
  db: TenantDb,
  given: readonly GivenSpin[],
  { memberId: caller, retired }: { memberId: string; retired: boolean },
): Promise<FoundSpin[]> {
  const known = await findSpinners(db, given)
  const people = await findMembers(db, given)
  return given.map(spin => {
    const { spinnerId, serialNumber, memberId = caller, startedAt, durationMs, note } = spin
    const spinner = known.byId.get(spinnerId?.toLowerCase()) ?? known.bySerialNumber.get(serialNumber)
    if (!spinner) return { refusal: unknownSpinner(spin) }
    if (spinner.status === 'retired' && !retired) return { refusal: retiredSpinner }
    if (memberId !== caller && !people.has(memberId.toLowerCase())) return { refusal: unknownMember }
    const start = startedAt ? new Date(startedAt) : new Date(Date.now() - durationMs)
    return { row: { id: newId(), spinnerId: spinner.id, memberId, startedAt: start, durationMs, note } }
  })
}

/** Writes spins that were found. As one value of JSON: a statement with a parameter for each field takes longer to make. */
export async function insertSpins(db: TenantDb, rows: SpinRow[]): Promise<void> {
  if (rows.length === 0) return
  await db.execute(sql`
    insert into ${spins} (id, spinner_id, member_id, started_at, duration_ms, note)
    select * from json_to_recordset(${JSON.stringify(rows)}) as row
      (id uuid, "spinnerId" uuid, "memberId" uuid, "startedAt" timestamptz, "durationMs" integer, note text)`)
}

async function findSpinners(db: TenantDb, given: readonly GivenSpin[]) {
  const ids = distinct(given.map(({ spinnerId }) => spinnerId))
  const serialNumbers = distinct(given.map(({ serialNumber }) => serialNumber))
  const found = await db
    .select({ id: spinners.id, serialNumber: spinners.serialNumber, status: spinners.status })
    .from(spinners)
    .where(or(oneOf(spinners.id, ids), sql`${spinners.serialNumber} = any(${sql.param(serialNumbers)}::text[])`))
    .for('key share')
  return {
    byId: new Map<string | undefined, Spinner>(found.map(row => [row.id, row])),
    bySerialNumber: new Map<string | undefined, Spinner>(found.map(row => [row.serialNumber, row])),
  }
}

type Spinner = Pick<typeof spinners.$inferSelect, 'id' | 'serialNumber' | 'status'>

async function findMembers(db: TenantDb, given: readonly GivenSpin[]): Promise<Set<string>> {
  const ids = distinct(given.map(({ memberId }) => memberId))
  if (ids.length === 0) return new Set()
  const found = await db.select({ id: members.id }).from(members).where(oneOf(members.id, ids))
  return new Set(found.map(({ id }) => id))
}

function distinct(values: (string | undefined)[]): string[] {
  return [...new Set(values.filter(value => value !== undefined))]
}

const unknownMember: SpinRefusal = {
  code: 'not_found',
  field: 'memberId',
  message: 'must be the id of a member of this company',
}

const retiredSpinner: SpinRefusal = {
  code: 'spinner_retired',
  field: 'spinnerId',
  message: 'is that of a retired spinner; make it active again to record spins with it',
}

function unknownSpinner({ spinnerId, serialNumber }: GivenSpin): SpinRefusal {
  if (spinnerId === undefined && serialNumber === undefined) {
    return { code: 'invalid_request', field: 'spinnerId', message: 'or serialNumber is required' }
  }
  return serialNumber === undefined
    ? { code: 'not_found', field: 'spinnerId', message: 'must be the id of a spinner of this company' }
    : { code: 'not_found', field: 'serialNumber', message: 'must be that of a spinner of this company' }
}
