import type { Range } from './search.ts'

/** Dates as the reader's locale and time zone write them. */

/** `14:05` today, `3 Nov, 14:05` this year, `3 Nov 2025, 14:05` before. */
export function formatMoment(iso: string): string {
  const date = new Date(iso)
  const now = new Date()
  const day = date.toDateString() === now.toDateString() ? {} : ({ day: 'numeric', month: 'short' } as const)
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(undefined, { ...day, ...year, hour: 'numeric', minute: '2-digit' }).format(date)
}

export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat(undefined, { timeStyle: 'short' }).format(new Date(iso))
}

/** `today`, `yesterday`, `Tuesday 3 November`, with the year when it is another one. */
export function formatDay(iso: string): string {
  const date = new Date(iso)
  const daysAgo = Math.round((startOfDay(new Date()) - startOfDay(date)) / dayMs)
  if (daysAgo === 0 || daysAgo === 1) {
    const word = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(-daysAgo, 'day')
    return word.charAt(0).toLocaleUpperCase() + word.slice(1)
  }
  const year = date.getFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', ...year }).format(date)
}

/** `3 November`, with the year when it is another one. */
export function formatDate(iso: string): string {
  const date = new Date(iso)
  const year = date.getFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', ...year }).format(date)
}

/** `5 minutes ago`, `yesterday`, `2 months ago`. */
export function formatAgo(iso: string): string {
  const seconds = (Date.now() - Date.parse(iso)) / 1000
  const [unit, size] = agoUnits.find(([, size]) => seconds >= size) ?? ['second', 1]
  const amount = unit === 'second' ? 0 : Math.floor(seconds / size)
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(-amount, unit)
}

/** The period of `range` up to now, as the API wants it. `all` has no beginning, and none has an end: a clock that is
 * a little off must not hide the spin just made. */
export function period(range: Range): { from?: string } {
  return range === 'all' ? {} : { from: daysAgo(Number(range)) }
}

/** The equally long period before the one of `range`; null where there is none. */
export function periodBefore(range: Range): { from: string; to: string } | null {
  return range === 'all' ? null : { from: daysAgo(2 * Number(range)), to: daysAgo(Number(range)) }
}

/** `2026-11-20` as a person typed it, meant in their own time zone: its beginning, or the next day's. */
export function dayStart(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString()
}

export function dayEnd(day: string): string {
  const next = new Date(`${day}T00:00:00`)
  next.setDate(next.getDate() + 1)
  return next.toISOString()
}

/** The value of an `<input type="datetime-local">` for a moment, to the second. */
export function localInput(date: Date): string {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return shifted.toISOString().slice(0, 19)
}

const dayMs = 86_400_000
const agoUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

function daysAgo(days: number): string {
  return new Date(Date.now() - days * dayMs).toISOString()
}

function startOfDay(date: Date): number {
  return new Date(date).setHours(0, 0, 0, 0)
}
