import { setTimeout as delay } from 'node:timers/promises'
import { alone } from './fleet-lock.ts'
import { awaitsCanaries, behind, closeRun, enlist, openRun } from './fleet-runs.ts'
import { failedTurns, type Run, runOf, type Turn } from './fleet-status.ts'
import { type Patience, type Queue, type Task, takeTurn } from './fleet-turns.ts'
import { createPool, type Pool } from './pool.ts'
import { type Blueprint, currentVersion } from './provision.ts'

export type FleetOptions = {
  /** A pool of the owner login. The run opens connections of its own to the same address: one a worker, and one more. */
  owner: Pool
  blueprint: Blueprint
  /** The names of the tenants concerned; every one that is behind when left out. */
  only?: readonly string[]
  workers?: number
  /** How many tenants go first, alone. When left out, one of a fleet of more than ten. */
  canaries?: number
  patience?: Patience
  /** Told after each turn. */
  onProgress?: (progress: Progress) => void
  /** Ends the run between two turns. It stays unfinished, and the next call takes it up. */
  signal?: AbortSignal
}

/** Of all turns of the run, those taken up from an earlier call included. */
export type Progress = { done: number; failed: number; total: number }

/**
 * `current`: nothing to do. `busy`: another process is at it. `stopped`: the signal ended it. Else how the run stands:
 * `done`; `failed`, some tenants did; `halted`, a canary did and no other tenant was touched; `paused` by an operator.
 */
export type FleetResult =
  | { outcome: 'current' }
  | { outcome: 'busy' }
  | { outcome: 'done' | 'failed' | 'halted' | 'paused' | 'stopped'; run: Run; failed: Turn[] }

/**
 * Brings every tenant that is behind to the blueprint's version, as a stored run with a turn for each tenant. One that
 * fails keeps its version, with the error in its turn and in `tenants.last_error`, and stops nobody. A run whose
 * process died is taken up. Nothing to do costs one query.
 *
 * Throws DatabaseUnavailable when the database goes away; the run is unfinished then, and no tenant is to blame.
 */
export async function migrateFleet(options: FleetOptions): Promise<FleetResult> {
  const { owner, blueprint, only, workers = 4 } = options
  if (!(await behind(owner, currentVersion(blueprint), only))) return { outcome: 'current' }
  const pool = createPool({
    connectionString: owner.options.connectionString as string,
    max: workers + 1,
    applicationName: 'fleet migration',
  })
  try {
    const result = await alone(pool, lost => runFleet(pool, { ...options, workers }, lost))
    return result ?? { outcome: 'busy' }
  } finally {
    await pool.end()
  }
}

const pollMs = 100

type RunOptions = FleetOptions & { workers: number }

async function runFleet(pool: Pool, options: RunOptions, lost: AbortSignal): Promise<FleetResult> {
  const { blueprint, only, canaries, patience, signal } = options
  const version = currentVersion(blueprint)
  const { id, state } = await openRun(pool, version, only)
  const ended = async (outcome: Exclude<FleetResult['outcome'], 'current' | 'busy'>) => ({
    outcome,
    run: await runOf(pool, id),
    failed: await failedTurns(pool, id),
  })
  if (state === 'paused') return ended('paused')

  const task: Task = { blueprint, patience, rights: new Map() }
  let before: number | undefined
  for (;;) {
    // Again after the last turn: a process of the build before may have made tenants meanwhile.
    await enlist(pool, { id, version }, { only, canaries })
    const outcome = await closeRun(pool, id)
    if (outcome !== 'running') return ended(outcome)
    const { done, failed, waiting } = await runOf(pool, id)
    // What is left is in the hands of a process that died and whose last statement goes on.
    if (waiting === before) await delay(pollMs)
    before = waiting
    const progress = { done, failed, total: done + failed + waiting }
    for (const canary of [true, false]) {
      if (!canary && (await awaitsCanaries(pool, id))) break
      await takeTurns(pool, options, { queue: { runId: id, canary }, task, progress }, lost)
    }
    lost.throwIfAborted()
    if (signal?.aborted) return ended('stopped')
  }
}

/** Works on a queue until it is empty, paused or halted, or until one of the workers cannot go on. */
async function takeTurns(
  pool: Pool,
  { workers, onProgress, signal }: RunOptions,
  { queue, task, progress }: { queue: Queue; task: Task; progress: Progress },
  lost: AbortSignal,
): Promise<void> {
  const broken = new AbortController()
  const stop = AbortSignal.any([lost, broken.signal, ...(signal ? [signal] : [])])
  const worker = async () => {
    while (!stop.aborted) {
      const outcome = await takeTurn(pool, queue, task)
      if (outcome === 'empty') return
      if (outcome === 'lost') continue
      progress[outcome]++
      onProgress?.({ ...progress })
    }
  }
  const ends = await Promise.allSettled(
    Array.from({ length: workers }, () =>
      worker().catch(error => {
        broken.abort()
        throw error
      }),
    ),
  )
  const failure = ends.find(end => end.status === 'rejected')
  if (failure) throw failure.reason
}
