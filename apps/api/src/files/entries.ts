import type { Static, TObject } from '@sinclair/typebox'
import type { Line, Refusal } from '@spintrack/domain/imports'
import type { ErrorObject } from 'ajv'
import { fieldErrors } from '../plugins/problems.ts'
import { type ReadRow, readHeading } from './csv.ts'
import { readLines, refuseFile, type TextLine } from './lines.ts'
import type { Upload } from './upload.ts'

type Validate = { (value: unknown): unknown; errors?: ErrorObject[] | null | undefined }

/**
 * What the lines of a file say, some at a time, each held against `schema` by `validate`. Throws `invalid_request` for what
 * makes the file as a whole unreadable.
 */
export async function* readEntries<T extends TObject>(
  { format, bytes }: Upload,
  schema: T,
  validate: Validate,
): AsyncGenerator<Line<Static<T>>[]> {
  const read = readers[format](schema)
  let entries: Line<Static<T>>[] = []
  let any = false
  for await (const lines of readLines(bytes, format === 'csv')) {
    any = true
    for (const line of lines) {
      const entry = read(line)
      if (entry) entries.push(entry.refusal ? entry : checked(entry, validate))
    }
    if (entries.length < atOnce) continue
    yield entries
    entries = []
  }
  if (!any && format === 'csv')
    throw refuseFile('The file is empty, and a CSV file must begin with the names of its columns.')
  if (entries.length > 0) yield entries
}

/** So many lines are written together: fewer cost a round trip each, more only memory. */
const atOnce = 1_000

/** undefined for the line that names the columns. */
type Reader = (line: TextLine) => Line<unknown> | undefined

const readers: Record<Upload['format'], (schema: TObject) => Reader> = {
  csv(schema) {
    let readRow: ReadRow | undefined
    return ({ line, text, flaw }) => {
      if (!readRow) {
        if (flaw) throw refuseFile(`The first line ${flaw}.`)
        readRow = readHeading(text, schema)
        return undefined
      }
      if (flaw) return refused(line, `This line ${flaw}`)
      const value = readRow(text)
      return value ? { line, value } : refused(line, 'Expected a cell for each column, and marks around a whole cell')
    }
  },
  ndjson: () => {
    return ({ line, text, flaw }) => {
      if (flaw) return refused(line, `This line ${flaw}`)
      try {
        const value = JSON.parse(text)
        return hasNul(text, value) ? refused(line, 'This line has a NUL character') : { line, value }
      } catch {
        return refused(line, 'This line is not JSON')
      }
    }
  },
}

function checked<T>({ line, value }: { line: number; value: unknown }, validate: Validate): Line<T> {
  return validate(value) ? { line, value: value as T } : refused(line, explained(validate.errors ?? []))
}

/** JSON can write what PostgreSQL cannot hold. */
function hasNul(text: string, value: unknown): boolean {
  return text.includes('\\u0000') && Object.values(Object(value)).some(field => String(field).includes('\0'))
}

function explained(errors: ErrorObject[]): string {
  const found = fieldErrors(errors, '').map(({ path, message }) => `${path.slice(1) || 'A line'} ${message}`)
  return found.slice(0, 3).join('; ')
}

function refused(line: number, message: string): { line: number; refusal: Refusal } {
  return { line, refusal: { code: 'invalid_request', message } }
}
