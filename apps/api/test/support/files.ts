import { type FileFormat, fileTypes } from '@spintrack/contract/file-types'
import type { ImportReport } from '@spintrack/contract/files'
import type { Pending, Visitor } from './visitor.ts'

type Sent = { query?: string; headers?: Record<string, string> }

/** Imports a file as a page of ours does. */
export function send(
  who: Visitor,
  path: '/spins/import' | '/spinners/import',
  format: FileFormat,
  file: string | Buffer,
  { query = '', headers = {} }: Sent = {},
): Pending<ImportReport> {
  const type = { 'content-type': fileTypes[format], 'sec-fetch-site': 'same-origin' }
  return who.post<ImportReport>(`${path}${query}`, file, { ...type, ...headers })
}

/** Lines as a file; `eol` ends each. */
export function lines(rows: readonly string[], eol = '\n'): string {
  return rows.map(row => row + eol).join('')
}

/** Objects as NDJSON. */
export function ndjson(rows: readonly object[]): string {
  return lines(rows.map(row => JSON.stringify(row)))
}
