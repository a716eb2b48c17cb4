import type { Writable } from 'node:stream'
import type { ImportReport } from '@spintrack/contract/files'
import type { ImportedSpin, SpinExportQuery } from '@spintrack/contract/spins'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import { and, eq, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { exportRows, type Rows, safeText } from './export-rows.ts'
import { type ImportOptions, importLines, type Line, type Take } from './imports.ts'
import { period } from './periods.ts'
import { findSpins, insertSpins } from './spin-rows.ts'

/**
 * Adds the spins of a file. Those of a retired spinner are taken: a file tells what was. Lines are refused with
 * `not_found` for a spinner or member of no or another company, and `invalid_request`.
 */
export function importSpins(
  company: Company,
  lines: AsyncIterable<Line<ImportedSpin>[]>,
  options: ImportOptions,
): Promise<ImportReport> {
  const { memberId } = company
  const take: Take<ImportedSpin> = async (db, values, keep) => {
    const found = await findSpins(db, values, { memberId, retired: true })
    if (keep) {
      await insertSpins(
        db,
        found.flatMap(({ row }) => row ?? []),
      )
    }
    return found.map(({ refusal }) => refusal && { code: refusal.code, message: `${refusal.field} ${refusal.message}` })
  }
  return importLines(company, lines, options, { type: 'spins.created', take })
}

/**
 * Writes the spins of a company to `destination`, with the serial numbers of their spinners, in no order: PostgreSQL begins
 * to send at once, however many there are, where it would have to sort them all first.
 */
export function exportSpins(
  company: Company,
  { format = 'csv', spinnerId, memberId, ...times }: SpinExportQuery,
  destination: Writable,
): Promise<void> {
  const filters = and(
    spinnerId ? eq(spins.spinnerId, spinnerId) : undefined,
    memberId ? eq(spins.memberId, memberId) : undefined,
    ...period(times),
  )
  // Looked at once for each spinner, and not for each spin.
  const named = sql`(select ${spinners.id}, ${safeText(spinners.serialNumber, format)} as serial_number from ${spinners} offset 0) named`
  const rows: Rows = {
    id: spins.id,
    times: { startedAt: spins.startedAt, createdAt: spins.createdAt },
    others: {
      spinnerId: spins.spinnerId,
      serialNumber: sql`named.serial_number`,
      memberId: spins.memberId,
      durationMs: spins.durationMs,
      note: safeText(spins.note, format),
    },
    from: sql`from ${spins} join ${named} on named.id = ${spins.spinnerId} ${filters && sql`where ${filters}`}`,
    tables: [spins, spinners],
  }
  return exportRows(company, rows, format, destination)
}
