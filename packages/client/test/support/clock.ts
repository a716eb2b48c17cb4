import type { Retries } from '../../src/retries.ts'

/** Retries on a clock of their own: a pause is written down and over at once. */
export function onClock(settings: Partial<Retries> = {}) {
  let now = Date.parse('2026-01-01T12:00:00Z')
  const pauses: number[] = []
  const retries: Partial<Retries> = {
    ...settings,
    now: () => now,
    async pause(ms, signal) {
      signal.throwIfAborted()
      pauses.push(ms)
      now += ms
    },
  }
  return { retries, pauses }
}
