import type { Spinner } from './api.ts'

/** What may stand after the `?` of an address. Values are plain text there; unknown ones are ignored, never an error. */
export const ranges = ['7', '30', '90', 'all'] as const
export type Range = (typeof ranges)[number]
export const defaultRange: Range = '30'

export type CompanySearch = { range?: Range | undefined }
export type SpinnersSearch = { q?: string | undefined; status?: Spinner['status'] | undefined }
export type SpinsSearch = {
  spinner?: string | undefined
  member?: string | undefined
  range?: Range | undefined
  from?: string | undefined
  to?: string | undefined
}

type Given = Record<string, unknown>

export function companySearch(given: Given): CompanySearch {
  return { range: oneOf(ranges, given.range) }
}

export function spinnersSearch(given: Given): SpinnersSearch {
  return { q: text(given.q, /^.{1,100}$/), status: oneOf(spinnerStatuses, given.status) }
}

export function spinsSearch(given: Given): SpinsSearch {
  return {
    spinner: text(given.spinner, uuid),
    member: text(given.member, uuid),
    range: oneOf(ranges, given.range),
    from: text(given.from, day),
    to: text(given.to, day),
  }
}

/** The router's own reading turns `?q=12` into a number; an address of ours is text and reads like one. */
export function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search))
}

export function stringifySearch(search: Given): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return query && `?${query}`
}

const spinnerStatuses = ['active', 'retired'] as const satisfies Spinner['status'][]
const uuid = /^[0-9a-f-]{36}$/i
const day = /^\d{4}-\d\d-\d\d$/

function text(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}

function oneOf<const T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find(one => one === value)
}
