import type { TSchema } from '@sinclair/typebox'
import { wholeNumber } from '../plugins/validation.ts'
import { refuseFile } from './lines.ts'

/** Reads one line of a CSV file into the fields of a schema; undefined when it has not a cell for each column. */
export type ReadRow = (text: string) => Record<string, unknown> | undefined

/**
 * Reads the first line of a CSV file (RFC 4180), which names its columns, in any order. Throws `invalid_request` for a
 * column that is unknown or named twice, and when a required one is missing.
 */
export function readHeading(text: string, { properties, required = [] }: Fields): ReadRow {
  const columns = cellsOf(text)?.map(cell => cell.trim())
  const known = Object.keys(properties)
  const wrong = columns?.find((column, index) => !known.includes(column) || columns.indexOf(column) !== index)
  if (!columns || wrong !== undefined) {
    const what = wrong === undefined ? 'quotation marks inside a name' : `“${wrong.slice(0, 100)}”`
    throw refuseFile(
      `The first line must name each column once, separated by commas, of ${known.join(', ')}; got ${what}.`,
    )
  }
  const missing = required.find(name => !columns.includes(name))
  if (missing !== undefined) throw refuseFile(`The first line must name the column ${missing}.`)
  const values = columns.map(column => valueFor(properties[column]?.type))
  return line => {
    const cells = cellsOf(line)
    if (cells?.length !== columns.length) return undefined
    const row: Record<string, unknown> = {}
    for (const [index, cell] of cells.entries()) {
      if (cell !== '') row[columns[index] as string] = values[index]?.(cell)
    }
    return row
  }
}

type Fields = { properties: Record<string, TSchema>; required?: string[] }

function valueFor(type: unknown): (cell: string) => unknown {
  return type === 'integer' ? wholeNumber : withoutApostrophe
}

/** What a spreadsheet would take for a formula has an apostrophe in front of it. */
function withoutApostrophe(cell: string): string {
  return /^'+[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-]/.test(cell) ? cell.slice(1) : cell
}

/** The cells of a line; undefined where quotation marks do not enclose a whole cell. */
function cellsOf(text: string): string[] | undefined {
  if (!text.includes('"')) return text.split(',')
  const cells: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y
  for (;;) {
    const found = cell.exec(text)
    if (!found) return undefined
    const [, quotation, plain = '', comma] = found
    cells.push(quotation?.replaceAll('""', '"') ?? plain)
    if (comma === '') return cells
  }
}
