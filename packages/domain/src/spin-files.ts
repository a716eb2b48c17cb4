import type { Writable } from 'node:stream'
import type { ImportReport } from '@spintrack/contract/files'
import type { ImportedSpin, SpinExportQuery } from '@spintrack/contract/spins'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import { and, eq, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { exportRows, inIso, safeText } from './export-rows.ts'
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
  const rows = sql`
    select ${spins.id}, ${spins.spinnerId} as "spinnerId", ${safeText(spinners.serialNumber, format)} as "serialNumber",
      ${spins.memberId} as "memberId", ${inIso(spins.startedAt)} as "startedAt", ${spins.durationMs} as "durationMs",
      ${safeText(spins.note, format)} as "note", ${inIso(spins.createdAt)} as "createdAt"
    from ${spins} join ${spinners} on ${eq(spinners.id, spins.spinnerId)}
    ${filters && sql`where ${filters}`}`
  return exportRows(company, [spins, spinners], rows, format, destination)
}
