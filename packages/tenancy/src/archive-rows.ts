import { ArchiveRefused } from './archive-format.ts'

export type Value = string | number | boolean | null
export type Row = readonly Value[]

/**
 * Reads lines of JSON arrays, the first of which names the columns; gives the rows in batches. Throws ArchiveRefused, with
 * the line, for anything that is not `columns.length` values.
 */
export async function* readRows(
  pieces: AsyncIterable<Buffer>,
  entry: string,
  columns: readonly string[],
): AsyncGenerator<Row[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 0
  let rest = ''
  for await (const piece of pieces) {
    const text = decoder.decode(piece, { stream: true })
    // A long line comes in many pieces: joined once, when its end is there, rather than with each.
    if (!text.includes('\n')) {
      rest += text
      continue
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop() as string
    const rows = lines.map(json => readRow(json, entry, ++line, columns))
    yield line === rows.length ? rows.slice(1) : rows
  }
  if (rest !== '' || line === 0) throw new ArchiveRefused(entry, 'ends in the middle of a line')
}

function readRow(json: string, entry: string, line: number, columns: readonly string[]): Row {
  const row = parse(json)
  const right =
    Array.isArray(row) &&
    row.length === columns.length &&
    row.every(value => typeof value !== 'object' || value === null)
  if (!right) throw new ArchiveRefused(entry, `has something else than ${columns.length} values on line ${line}`)
  if (line === 1 && row.some((name, index) => name !== columns[index]))
    throw new ArchiveRefused(entry, `begins with other columns than ${columns.join(', ')}`)
  return row
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** Turns batches of rows into what COPY … FROM STDIN reads. */
export async function* copyText(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<Buffer> {
  for await (const rows of batches) {
    yield Buffer.from(rows.map(row => `${row.map(copyValue).join('\t')}\n`).join(''))
  }
}

const needsEscape = /[\\\n\r\t]/
const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function copyValue(value: Value): string {
  if (value === null) return '\\N'
  if (typeof value !== 'string') return String(value)
  return needsEscape.test(value) ? value.replace(/[\\\n\r\t]/g, character => escapes[character] as string) : value
}
