/** Reading and writing durations; everything is whole milliseconds inside. */

/**
 * What a person typed as a duration, in milliseconds; null when it reads as none. Accepts `1:30`, `1:02:03`, `90s`,
 * `2m 5s`, `1h`, `1.5m`, `800ms`, and a bare number as seconds.
 */
export function parseDuration(typed: string): number | null {
  const text = typed.trim().toLowerCase().replaceAll(',', '.')
  if (/^\d+(:[0-5]?\d){1,2}(\.\d+)?$/.test(text)) {
    const seconds = text.split(':').reduce((total, part) => total * 60 + Number(part), 0)
    return Math.round(seconds * 1000)
  }
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000)
  if (!/^(\d+(\.\d+)?\s*(ms|h|m|s|min|sec)\s*)+$/.test(text)) return null
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|sec|h|m|s)/g)]
  return Math.round(parts.reduce((total, [, amount, unit]) => total + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0))
}

/** `42.3s`, `2m 5s`, `1h 4m`: precise where it is short, brief where it is long. */
export function formatDuration(ms: number): string {
  if (ms < 59_950) return unit(ms / 1000, 'second', ms < 10_000 ? 2 : 1)
  const seconds = Math.round(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const parts = hours
    ? [unit(hours, 'hour'), unit(minutes, 'minute')]
    : [unit(minutes, 'minute'), unit(seconds % 60, 'second')]
  return parts.join(' ')
}

/** What a person would type to get exactly `ms` again: `1:30`, `0:42.3`. */
export function typeDuration(ms: number): string {
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60]
  const seconds = String((ms % 60_000) / 1000).replace(/^(\d)(?!\d)/, '0$1')
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`
}

/** The face of a running stopwatch: `0:07.4`, `12:00.0`, `1:00:07.4`. */
export function stopwatchFace(ms: number): string {
  return typeDuration(Math.floor(ms / 100) * 100).replace(/^[^.]*$/, face => `${face}.0`)
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, sec: 1000, m: 60_000, min: 60_000, h: 3_600_000 }

function unit(value: number, name: 'hour' | 'minute' | 'second', digits = 0): string {
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: name,
    unitDisplay: 'narrow',
    minimumFractionDigits: Math.min(1, digits),
    maximumFractionDigits: digits,
  }).format(value)
}
