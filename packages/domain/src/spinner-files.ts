import type { Writable } from 'node:stream'
import type { ImportReport } from '@spintrack/contract/files'
import type { ImportedSpinner, SpinnerExportQuery } from '@spintrack/contract/spinners'
import { members } from '@spintrack/database/tenant/members'
import { spinners } from '@spintrack/database/tenant/spinners'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { desc, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { exportRows, type Rows, safeText } from './export-rows.ts'
import { newId } from './ids.ts'
import { type ImportOptions, importLines, type Line, type Refusal, type Take } from './imports.ts'
import { oneOf } from './origins.ts'
import { like } from './spinners.ts'

/**
 * Adds the spinners of a file. Lines are refused with `serial_number_taken`, also by a line before, with `not_found` for a
 * keeper who is no member, and with `invalid_request`.
 */
export function importSpinners(
  company: Company,
  lines: AsyncIterable<Line<ImportedSpinner>[]>,
  options: ImportOptions,
): Promise<ImportReport> {
  // Written also when it will not stay: a later line may have the same serial number.
  const take: Take<ImportedSpinner> = async (db, values) => {
    const keepers = await findKeepers(db, values)
    const isKept = ({ memberId }: ImportedSpinner) => !memberId || keepers.has(memberId.toLowerCase())
    const rows = values.map(({ serialNumber, name, model, colour, status, memberId }) => ({
      ...{ id: newId(), serialNumber, name, model, colour, status, memberId },
    }))
    const added = await insertSpinners(
      db,
      rows.filter((_, place) => isKept(values[place] as ImportedSpinner)),
    )
    return rows.map(({ id }, place) => {
      if (added.has(id)) return undefined
      return isKept(values[place] as ImportedSpinner) ? serialNumberTaken : unknownKeeper
    })
  }
  return importLines(company, lines, options, { type: 'spinners.created', take })
}

/** Writes the spinners of a company to `destination`, newest first. */
export function exportSpinners(
  company: Company,
  { format = 'csv', ...filter }: SpinnerExportQuery,
  destination: Writable,
): Promise<void> {
  const filters = like(filter)
  const rows: Rows = {
    id: spinners.id,
    times: { createdAt: spinners.createdAt, updatedAt: spinners.updatedAt },
    others: {
      serialNumber: safeText(spinners.serialNumber, format),
      name: safeText(spinners.name, format),
      model: safeText(spinners.model, format),
      colour: spinners.colour,
      status: spinners.status,
      memberId: spinners.memberId,
      version: spinners.version,
    },
    from: sql`from ${spinners} ${filters && sql`where ${filters}`} order by ${desc(spinners.id)}`,
    tables: [spinners],
  }
  return exportRows(company, rows, format, destination)
}

const serialNumberTaken: Refusal = {
  code: 'serial_number_taken',
  message: 'serialNumber is already used by another spinner, or by a line before',
}
const unknownKeeper: Refusal = { code: 'not_found', message: 'memberId must be the id of a member of this company' }

async function findKeepers(db: TenantDb, values: ImportedSpinner[]): Promise<Set<string>> {
  const ids = [...new Set(values.flatMap(({ memberId }) => memberId ?? []))]
  if (ids.length === 0) return new Set()
  const found = await db.select({ id: members.id }).from(members).where(oneOf(members.id, ids))
  return new Set(found.map(({ id }) => id))
}

/** Gives the ids of those that were added: the others’ serial numbers are taken. */
async function insertSpinners(db: TenantDb, rows: (typeof spinners.$inferInsert)[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set()
  const added = await db
    .insert(spinners)
    .values(rows)
    .onConflictDoNothing({ target: spinners.serialNumber })
    .returning({ id: spinners.id })
  return new Set(added.map(({ id }) => id))
}
