import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Pool } from './pool.ts'

/** Whoever hears a channel. */
export type Ear = {
  /** A notification came. */
  heard(payload: string): void
  /** The channel is heard from now on. Nobody knows what was told before, so this is the time to look. */
  connected(): void
  /** Told once for each time the connection could not be made or was lost. */
  onError?(error: unknown): void
}

export type Hearing = { stop(): Promise<void> }

/** Between two tries to connect. */
const retryMs = 250
const goodbyeMs = 500

/**
 * Hears `channel` until `stop()`, on a connection of its own to where `pool` leads: one that waits for notifications is of
 * no use to anybody else. A lost one is made anew: every `checkMs` milliseconds it is asked whether it is still there, and has
 * `answerMs` to say so. `channel` is an identifier of ours, never input.
 */
export function hear(
  pool: Pool,
  channel: string,
  ear: Ear,
  { checkMs = 10_000, answerMs = 5_000 }: { checkMs?: number; answerMs?: number } = {},
): Hearing {
  const stopping = new AbortController()
  const running = loop()

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await attempt().catch(error => {
        if (!stopping.signal.aborted) ear.onError?.(error)
      })
      await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  /** For as long as one connection lives. */
  async function attempt(): Promise<void> {
    const { connectionString, application_name } = pool.options
    const client = new pg.Client({
      connectionString,
      ...(application_name && { application_name: `${application_name} listener` }),
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
      keepAlive: true,
    })
    const lost = new Promise<never>((_, reject) => client.on('error', reject))
    // Raced below; until then a failure must not count as one that nobody handles.
    lost.catch(() => {})
    client.on('notification', ({ payload = '' }) => ear.heard(payload))
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
      ear.connected()
      while (!stopping.signal.aborted) {
        await Promise.race([lost, delay(checkMs, undefined, { signal: stopping.signal }).catch(() => {})])
        if (!stopping.signal.aborted) await client.query('select')
      }
    } finally {
      // Not waited for long: a server that is gone says no goodbye.
      await Promise.race([client.end().catch(() => {}), delay(goodbyeMs, undefined, { ref: false })])
    }
  }

  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
