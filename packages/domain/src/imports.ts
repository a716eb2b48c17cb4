import type { EventType } from '@spintrack/contract/events'
import type { ImportQuery, ImportReport, LineError } from '@spintrack/contract/files'
import { limits } from '@spintrack/contract/limits'
import type { TenantDb } from '@spintrack/tenancy/handles'
import type { Company } from './company.ts'
import type { Tell } from './events.ts'

/** A line of a file: what it says, or why that is refused. */
export type Line<T> = { line: number; value: T; refusal?: never } | { line: number; value?: never; refusal: Refusal }

export type Refusal = Pick<LineError, 'code' | 'message'>

/**
 * Writes what some lines say, and gives for each, in their order, why it was refused. With `keep` false nothing of it is
 * going to stay, so it need only be written where later lines are held against it.
 */
export type Take<T> = (db: TenantDb, values: T[], keep: boolean) => Promise<(Refusal | undefined)[]>

/** What is asked of an import, and a signal on which it keeps nothing. */
export type ImportOptions = ImportQuery & { signal?: AbortSignal }

/**
 * Takes a file, some lines after the other, in one transaction: all of it or nothing, with `partial` the good lines, with
 * `dryRun` nothing; what is kept is told as one event. Throws what reading the lines throws, or the reason of `signal`; then nothing was kept.
 */
export async function importLines<T>(
  company: Company,
  lines: AsyncIterable<Line<T>[]>,
  { dryRun = false, partial = false, signal }: ImportOptions,
  { type, take }: { type: EventType; take: Take<T> },
): Promise<ImportReport> {
  const import_ = async (db: TenantDb, tell: Tell) => {
    const report: ImportReport = { accepted: 0, rejected: 0, errors: [] }
    const whole = () => partial || report.rejected === 0
    for await (const some of ahead(lines)) {
      const values = some.flatMap(({ value, refusal }) => (refusal ? [] : [value as T]))
      const refused = values.length > 0 ? await take(db, values, !dryRun && whole()) : []
      let next = 0
      for (const { line, refusal = refused[next++] } of some) count(report, line, refusal)
    }
    signal?.throwIfAborted()
    if (!whole()) report.accepted = 0
    if (dryRun || !whole()) throw new NotKept(report)
    if (report.accepted > 0) tell({ type, count: report.accepted })
    return report
  }
  return company.stream(import_).catch(error => {
    if (error instanceof NotKept) return error.report
    throw error
  })
}

/** Ends the transaction of an import that keeps nothing. */
class NotKept extends Error {
  readonly report: ImportReport
  constructor(report: ImportReport) {
    super('Nothing of this import is kept.')
    this.report = report
  }
}

function count(report: ImportReport, line: number, refusal: Refusal | undefined): void {
  if (!refusal) {
    report.accepted++
    return
  }
  report.rejected++
  if (report.errors.length < limits.import.errors) report.errors.push({ line, ...refusal })
}

/** The same, with the next one asked for already: a file is read while the database writes. */
async function* ahead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const rest = source[Symbol.asyncIterator]()
  const ask = () => {
    const asked = rest.next()
    // Looked at in its turn; until then a failure must not count as one that nobody handles.
    asked.catch(() => {})
    return asked
  }
  let asked = ask()
  try {
    for (let next = await asked; !next.done; next = await asked) {
      asked = ask()
      yield next.value
    }
  } finally {
    // Not waited for: the next one may be long in coming.
    rest.return?.().catch(() => {})
  }
}
