import { setTimeout as delay } from 'node:timers/promises'
import type { Pool, PoolClient } from '@spintrack/tenancy/pool'

/** Tells the advisory locks of workers from others. */
const lockClass = 7_305_813

export type Leases = {
  /** Notes that a worker of this process has begun to take jobs. */
  add(workerId: string): void
  stop(): Promise<void>
}

export type LeaseOptions = {
  owner: Pool
  /** Milliseconds between looks for jobs of the dead. */
  everyMs?: number
  /** How long a job must have been taken before it is looked at: its worker may not have its lock yet. */
  graceMs?: number
  onError: (error: unknown) => void
}

/**
 * Gives the jobs of a worker that died to the others within seconds; graphile-worker itself waits four hours. Each worker
 * holds an advisory lock, on a connection of its process that does nothing else, and PostgreSQL lets go of it however the
 * process ends. A job whose worker's lock is free is unlocked.
 */
export function keepLeases({ owner, everyMs = 10_000, graceMs = 10_000, onError }: LeaseOptions): Leases {
  const workers = new Set<string>()
  const stopping = new AbortController()
  let wake = () => {}
  const running = loop()

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await hold().catch(onError)
      await pause(1_000)
    }
  }

  /** For as long as one connection lives. */
  async function hold(): Promise<void> {
    const client = await owner.connect()
    const held = new Set<string>()
    try {
      while (!stopping.signal.aborted) {
        // Fails when the connection was lost, and its locks with it.
        await client.query('select')
        for (const id of workers) {
          if (!held.has(id)) await lock(client, id)
          held.add(id)
        }
        await unlockJobsOfTheDead(owner, graceMs)
        await pause(everyMs)
      }
    } finally {
      client.release(true)
    }
  }

  /** Ends early when there is a new worker to note, or nothing more to do. */
  async function pause(ms: number): Promise<void> {
    const early = new AbortController()
    wake = () => early.abort()
    if (stopping.signal.aborted) return
    await delay(ms, undefined, { signal: early.signal }).catch(() => {})
  }

  return {
    add(workerId) {
      workers.add(workerId)
      wake()
    },
    async stop() {
      stopping.abort()
      wake()
      await running
    },
  }
}

async function lock(client: PoolClient, workerId: string): Promise<void> {
  await client.query('select pg_advisory_lock($1, hashtext($2))', [lockClass, workerId])
}

/** On another connection than the one that holds our own locks, which would be given to itself once more. */
async function unlockJobsOfTheDead(owner: Pool, graceMs: number): Promise<void> {
  await owner.query(
    `select graphile_worker.force_unlock_workers(array_agg(locked_by))
     from (select distinct locked_by from graphile_worker._private_jobs where locked_at < now() - $2 * interval '1 ms') taken
     where pg_try_advisory_xact_lock($1, hashtext(locked_by)) having count(*) > 0`,
    [lockClass, graceMs],
  )
}
