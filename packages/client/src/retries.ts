import { takesKey } from './keys.ts'
import { pause } from './pause.ts'
import { retryAfterMs } from './retry-after.ts'
import type { Send } from './send.ts'
import { isStream } from './streams.ts'

/** How stubborn a client is, and the clock it goes by. */
export type Retries = {
  /** How often a request is sent at most. */
  tries: number
  /** No further try begins later than this after the first. Longer than the minute in which the API counts requests. */
  totalMs: number
  /** The longest pause before the second try; it doubles with each one, up to `longestPauseMs`. */
  firstPauseMs: number
  longestPauseMs: number
  now(): number
  /** Resolves after so many milliseconds; rejects with the signal's reason as soon as that is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>
}

const defaults: Retries = {
  tries: 5,
  totalMs: 90_000,
  firstPauseMs: 500,
  longestPauseMs: 8_000,
  now: Date.now,
  pause,
}

/**
 * Sends a request again when the network failed or the API was too busy, if sending it twice does no harm. The pause is
 * random, so that many clients do not come back at once, and never shorter than the answer's Retry-After. When the tries
 * or the time are used up, the last answer or error is the result.
 */
export function withRetries(send: Send, settings: Partial<Retries> = {}): Send {
  const { tries, totalMs, firstPauseMs, longestPauseMs, now, pause } = { ...defaults, ...settings }
  return async request => {
    if (!isHarmless(request)) return send(request)
    const end = now() + totalMs
    for (let tried = 1; ; tried++) {
      const { response, error } = await attempt(send, request)
      if (response && !isBusy(response)) return response
      const backoff = Math.random() * Math.min(firstPauseMs * 2 ** (tried - 1), longestPauseMs)
      const ms = ((response && retryAfterMs(response, now())) ?? 0) + backoff
      if (tried >= tries || now() + ms > end) {
        if (response) return response
        throw error
      }
      await response?.body?.cancel()
      await pause(ms, request.signal)
    }
  }
}

/** Repeating it changes nothing more (RFC 9110, section 9.2.2), or the API sees by the key that it is the same. */
function isHarmless(request: Request): boolean {
  if (isStream(request)) return false
  const repeatable = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'].includes(request.method)
  return repeatable || (takesKey(request) && request.headers.has('Idempotency-Key'))
}

/** 409 with a time to come again: the try before, whose answer was lost, is still running. */
function isBusy({ status, headers }: Response): boolean {
  return status === 429 || status === 503 || (status === 409 && headers.has('Retry-After'))
}

type Outcome = { response: Response; error?: never } | { response?: never; error: unknown }

async function attempt(send: Send, request: Request): Promise<Outcome> {
  try {
    const response = await send(request.clone())
    // An answer that breaks off is lost too, and whoever sends this anew would do so under another key.
    if (request.method === 'POST') await response.clone().arrayBuffer()
    return { response }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { error }
  }
}
