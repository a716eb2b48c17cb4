import { type FileFormat, fileTypes } from '@spintrack/contract/file-types'
import { api, type CompanySummary } from './api.ts'
import { enter } from './session.ts'

type Company = Pick<CompanySummary, 'id' | 'slug'>

/** What is imported and exported. */
export type Noun = 'spins' | 'spinners'

/** How a file is sent: as what its name says it is; undefined when that is nothing the API reads. */
export function headersOf({ name }: File): Record<string, string> | undefined {
  const [, ending, packed] = /\.(csv|ndjson|jsonl)(\.gz)?$/i.exec(name) ?? []
  if (!ending) return undefined
  const format: FileFormat = ending.toLowerCase() === 'csv' ? 'csv' : 'ndjson'
  return { 'Content-Type': fileTypes[format], ...(packed && { 'Content-Encoding': 'gzip' }) }
}

/**
 * Has the browser download what an address of a company gives, however large, as it does any file. Such a request carries
 * no X-Company, so the company is made the session's first. Should another tab choose another one in between, the file is
 * that one's, and its name says so.
 */
export async function download(company: Company, href: string): Promise<void> {
  enter(await api.chooseCompany(company.id), { tellOtherTabs: false })
  const link = document.createElement('a')
  link.href = href
  link.download = ''
  link.click()
}
