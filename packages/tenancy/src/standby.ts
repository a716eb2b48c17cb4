import { setTimeout as delay } from 'node:timers/promises'
import { standbyChannel } from './claim.ts'
import type { ControlDb } from './handles.ts'
import type { Pool } from './pool.ts'
import { type Blueprint, refillStandby } from './provision.ts'

export type StandbyKeeper = { stop(): Promise<void> }

const retryMs = 1_000

/**
 * Keeps `target` tenants standing by until `stop()`: refills at once, whenever one was claimed, and every `everyMs`
 * milliseconds in case a notification was lost. Errors go to `onError` and it carries on.
 */
export function keepStandby(options: {
  owner: Pool
  control: ControlDb
  blueprint: Blueprint
  target: number
  everyMs?: number
  onError: (error: unknown) => void
}): StandbyKeeper {
  const stopping = new AbortController()
  const running = loop(options, stopping.signal)
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

type Options = Parameters<typeof keepStandby>[0]

async function loop(options: Options, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await listen(options, signal)
    } catch (error) {
      options.onError(error)
      await delay(retryMs, undefined, { signal }).catch(() => {})
    }
  }
}

/** Refills for as long as one listening connection lives. */
async function listen(
  { owner, control, blueprint, target, everyMs = 5_000 }: Options,
  signal: AbortSignal,
): Promise<void> {
  const client = await owner.connect()
  let wake = () => {}
  client.on('notification', () => wake())
  client.on('end', () => wake())
  signal.addEventListener('abort', () => wake(), { once: true })
  try {
    await client.query(`listen ${standbyChannel}`)
    while (!signal.aborted) {
      const woken = new Promise<void>(resolve => {
        wake = resolve
      })
      await refillStandby(owner, control, blueprint, target)
      if (signal.aborted) break
      const timer = setTimeout(() => wake(), everyMs)
      await woken
      clearTimeout(timer)
      await client.query('select 1')
    }
  } finally {
    // Destroyed rather than given back: it is still listening.
    client.release(true)
  }
}
