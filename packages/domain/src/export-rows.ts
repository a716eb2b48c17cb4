import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FileFormat } from '@spintrack/contract/file-types'
import { ProblemError } from '@spintrack/contract/problems'
import { asTheyCome } from '@spintrack/tenancy/snapshot'
import { type SQL, sql } from 'drizzle-orm'
import { type PgColumn, PgDialect, type PgTable } from 'drizzle-orm/pg-core'
import type { Company } from './company.ts'

/**
 * Writes what `rows`, a query of `tables`, gives to `destination`, as it is at one moment, no faster than it is taken and
 * in bounded memory: PostgreSQL itself makes CSV or JSON of each row. Ending it is left to the caller, who knows by then that
 * it is whole. Throws what `destination` fails with.
 */
export async function exportRows(
  company: Company,
  tables: readonly PgTable[],
  rows: SQL,
  format: FileFormat,
  destination: Writable,
): Promise<void> {
  const copy = text(copies[format](rows))
  await company.snapshot(async view => {
    // Before the first look: to a snapshot a table that is rewritten afterwards would be empty.
    await view.query(text(sql`lock table ${sql.join([...tables], sql`, `)} in access share mode`))
    await pipeline(view.copy(copy, asTheyCome()), destination, { end: false })
  })
}

/** A time as the API writes it. The app login's own time zone is UTC; to convert each takes PostgreSQL noticeably longer. */
export function inIso(column: PgColumn): SQL {
  return sql`to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
}

/**
 * Text of people for a file. In CSV what a spreadsheet would take for a formula gets an apostrophe in front, and so does
 * what looks like one that has it already, so that an import can take it away again.
 */
export function safeText(column: PgColumn, format: FileFormat): SQL {
  return format === 'csv'
    ? sql`case when ${column} ~ ${formula} then '''' || ${column} else ${column} end`
    : sql`${column}`
}

/** The beginnings of formulas (OWASP, CSV injection), the full-width ones among them. */
const formula = "^'*[=+@\\t\\r\\n\uff1d\uff0b\uff0d\uff20-]"

const copies: Record<FileFormat, (rows: SQL) => SQL> = {
  csv: rows => sql`copy (${rows}) to stdout (format csv, header)`,
  // JSON has neither of these two as they are, so that nothing of it is escaped a second time.
  ndjson: rows =>
    sql`copy (select row_to_json(line) from (${rows}) line) to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`,
}

const dialect = new PgDialect()

/** COPY takes no parameters, so the values stand in its text, quoted. */
function text(query: SQL): string {
  const { sql: text } = dialect.sqlToQuery(query.inlineParams())
  // PostgreSQL would read it to here, and take the beginning for the whole.
  if (text.includes('\0')) throw new ProblemError('invalid_request', 'Text must not contain the NUL character.')
  return text
}
