import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FileFormat } from '@spintrack/contract/file-types'
import { ProblemError } from '@spintrack/contract/problems'
import { collectRows, type Put } from '@spintrack/tenancy/snapshot'
import { type SQL, sql } from 'drizzle-orm'
import { type PgColumn, PgDialect, type PgTable } from 'drizzle-orm/pg-core'
import type { Company } from './company.ts'

/** What stands in a file: the columns by their names, ids and times first, since those have a length that is known. */
export type Rows = {
  id: PgColumn
  times: Record<string, PgColumn>
  others: Record<string, PgColumn | SQL>
  /** FROM and what follows it. */
  from: SQL
  /** The tables that are read. */
  tables: readonly PgTable[]
}

/**
 * Writes rows to `destination`, as they are at one moment, no faster than they are taken and in bounded memory: PostgreSQL
 * itself makes CSV or JSON of each. Ending it is left to the caller, who knows by then that it is whole. Throws what
 * `destination` fails with.
 */
export async function exportRows(
  company: Company,
  rows: Rows,
  format: FileFormat,
  destination: Writable,
): Promise<void> {
  const { copy, heading, gaps } = formats[format](rows)
  const statement = text(copy)
  await company.snapshot(async view => {
    // Before the first look: to a snapshot a table that is rewritten afterwards would be empty.
    await view.query(text(sql`lock table ${sql.join([...rows.tables], sql`, `)} in access share mode`))
    await view.query("set local datestyle to 'iso'; set local timezone to 'UTC'")
    destination.write(heading)
    const completed = collectRows(completeTimes(gaps), gaps.length * longestTime)
    await pipeline(view.copy(statement, completed), destination, { end: false })
  })
}

/**
 * Text of people for a file. In CSV what a spreadsheet would take for a formula gets an apostrophe in front, and so does
 * what looks like one that has it already, so that an import can take it away again.
 */
export function safeText(column: PgColumn, format: FileFormat): SQL {
  if (format === 'ndjson') return sql`${column}`
  return sql`case when ${column} ~ ${formula} then '''' || ${column} else ${column} end`
}

/** The beginnings of formulas (OWASP, CSV injection), the full-width ones among them. */
const formula = "^'*[=+@\\t\\r\\n\uff1d\uff0b\uff0d\uff20-]"

/** How a format is copied, what stands before its rows, and how many bytes are before each time in one. */
type Copied = { copy: SQL; heading: string; gaps: number[] }

const idLength = 36

const formats: Record<FileFormat, (rows: Rows) => Copied> = {
  csv(rows) {
    const names = ['id', ...Object.keys(rows.times), ...Object.keys(rows.others)]
    return {
      copy: sql`copy (${select(rows)}) to stdout (format csv)`,
      heading: `${names.join()}\n`,
      gaps: Object.keys(rows.times).map((_, index) => (index === 0 ? idLength : 0) + ','.length),
    }
  },
  ndjson: rows => ({
    // JSON has neither of these two as they are, so that nothing of it is escaped a second time.
    copy: sql`copy (select row_to_json(line) from (${select(rows)}) line) to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`,
    heading: '',
    gaps: Object.keys(rows.times).map(
      (name, index) => (index === 0 ? '{"id":"'.length + idLength : 0) + `","${name}":"`.length,
    ),
  }),
}

function select({ id, times, others, from }: Rows): SQL {
  const columns = Object.entries({ id, ...times, ...others }).map(
    ([name, column]) => sql`${column} as ${sql.identifier(name)}`,
  )
  return sql`select ${sql.join(columns, sql`, `)} ${from}`
}

/** `2026-03-04T05:06:07.089Z` */
const longestTime = 24

/**
 * Makes of `2026-03-04 05:06:07.08+00` the `2026-03-04T05:06:07.080Z` that the API writes. To have PostgreSQL do it, with
 * to_char, makes an export take half as long again.
 */
function completeTimes(gaps: readonly number[]): Put {
  return (row, room, start) => {
    let from = 0
    let at = start
    for (const gap of gaps) {
      const end = from + gap + '2026-03-04T05:06:07'.length
      if (row[from + gap + 4] !== code['-']) throw new Error('Expected a time of four digits for the year')
      row.copy(room, at, from, end)
      at += end - from
      room[at - '05:06:07'.length - 1] = code.T
      room[at++] = code['.']
      from = end
      const digits = row[from] === code['.'] ? ++from + 3 : from
      for (let place = 0; place < 3; place++) {
        const digit = row[from] as number
        const given = from < digits && digit >= code[0] && digit <= code[9]
        room[at++] = given ? digit : code[0]
        if (given) from++
      }
      room[at++] = code.Z
      // What is left of it is the offset, `+00` or `+00:00`.
      while (row[from] === code['+'] || row[from] === code[':'] || row[from] === code[0]) from++
    }
    return at + row.copy(room, at, from)
  }
}

const code = { '-': 0x2d, '.': 0x2e, '+': 0x2b, ':': 0x3a, 0: 0x30, 9: 0x39, T: 0x54, Z: 0x5a } as const

const dialect = new PgDialect()

/** COPY takes no parameters, so the values stand in its text, quoted. */
function text(query: SQL): string {
  const { sql: text } = dialect.sqlToQuery(query.inlineParams())
  // PostgreSQL would read it to here, and take the beginning for the whole.
  if (text.includes('\0')) throw new ProblemError('invalid_request', 'Text must not contain the NUL character.')
  return text
}
