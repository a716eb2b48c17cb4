import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { errorCode, isConflict, isConnectionLost, OutcomeUnknown } from './errors.ts'
import type { Rights } from './fleet-grants.ts'
import { migratedStates } from './fleet-runs.ts'
import { takeSteps } from './fleet-steps.ts'
import { quoteTenantName } from './names.ts'
import type { Pool } from './pool.ts'
import { type Blueprint, currentVersion } from './provision.ts'
import type { TurnState } from './runs.ts'
import { transaction } from './transaction.ts'

/**
 * How a turn waits for a table that is in use. Requests queue behind a waiting ALTER TABLE, so it gives up before
 * theirs do (their login waits 1 s), lets them pass, and tries again.
 */
export type Patience = {
  /** How long one try waits for one lock, in milliseconds. */
  lockMs: number
  /** How often it tries again. */
  retries: number
}

/** About eight seconds in all: longer than the app login may run a statement. */
const usual: Patience = { lockMs: 200, retries: 8 }
const backOff = { firstMs: 150, mostMs: 1_500 }

/** The turns of a run that are waiting, those of its canaries or those of the others. */
export type Queue = { runId: string; canary: boolean }

/** What a run does with each tenant; `rights` remembers what it found. */
export type Task = { blueprint: Blueprint; rights: Rights; patience?: Patience | undefined }

/** The version is null when the tenant has left the fleet since the run began, on the way to be purged. */
type Turn = { tenant: string; version: number | null }

/** What became of a turn. `lost`: not known, or nothing; the queue knows. `empty`: none is left, or the run goes no further. */
export type Outcome = 'done' | 'failed' | 'lost' | 'empty'

/**
 * Takes the next turn of the queue: brings its tenant to the blueprint's version, or keeps in the turn and in
 * `tenants.last_error` why not. Throws DatabaseUnavailable; the turn waits for the next run then.
 */
export async function takeTurn(pool: Pool, queue: Queue, task: Task): Promise<Outcome> {
  const { lockMs, retries } = task.patience ?? usual
  let turn: Turn | undefined
  for (let retry = 0; ; retry++) {
    try {
      const outcome = await transaction(
        pool,
        `begin; set local lock_timeout to ${lockMs}; set local synchronous_commit to off`,
        async client => {
          turn = await claim(client, queue, retry === 0 ? undefined : turn)
          return turn ? tryTurn(client, queue, turn, task, retry < retries) : 'empty'
        },
      )
      if (outcome !== 'again') return outcome
    } catch (error) {
      if (error instanceof OutcomeUnknown || error instanceof ChangedMeanwhile) return 'lost'
      throw error
    }
    await delay(Math.min(backOff.firstMs * 2 ** retry, backOff.mostMs) * (0.5 + Math.random() / 2))
  }
}

/**
 * Locks a waiting turn, or once more the one it had. The lock is the claim: when this process dies the turn is free at
 * once. Prepared, since planning it takes longer than running it.
 */
async function claim(client: pg.ClientBase, { runId, canary }: Queue, again?: Turn): Promise<Turn | undefined> {
  const which = again ? "t.state = 'running' and t.tenant = $4" : "t.state = 'waiting'"
  const { rows } = await client.query<Turn>({
    name: again ? 'fleet claim again' : 'fleet claim',
    text: `select t.tenant, n.version from fleet_turns t left join tenants n on n.name = t.tenant and n.state = any($3)
      where t.run_id = $1 and t.canary = $2 and ${which}
        and exists (select from fleet_runs where id = $1 and state = 'running')
      limit 1 for update of t skip locked`,
    values: [runId, canary, migratedStates, ...(again ? [again.tenant] : [])],
  })
  return rows[0]
}

/** Behind a savepoint, so that a turn that fails stays claimed until that is written down. */
async function tryTurn(
  client: pg.PoolClient,
  queue: Queue,
  turn: Turn,
  { blueprint, rights }: Task,
  mayTryAgain: boolean,
): Promise<Outcome | 'again'> {
  const { tenant: name, version } = turn
  if (version === null) {
    await client.query('delete from fleet_turns where run_id = $1 and tenant = $2', [queue.runId, name])
    return 'lost'
  }
  const last = async () => {
    // What is deferred to COMMIT is checked while the turn can still be written down as failed.
    const checked = client.query('set constraints all immediate')
    await Promise.all([checked, end(client, queue, turn, 'done', null, currentVersion(blueprint))])
  }
  try {
    await Promise.all([
      client.query(`savepoint turn; set local search_path to ${quoteTenantName(name)}, pg_temp`),
      takeSteps(client, blueprint, { name, version }, { rights, last }),
    ])
    return 'done'
  } catch (error) {
    if (error instanceof ChangedMeanwhile || isConnectionLost(error)) throw error
    await client.query('rollback to savepoint turn')
    const again = mayTryAgain && (errorCode(error) === '55P03' || isConflict(error))
    await end(client, queue, turn, again ? 'running' : 'failed', error as Error)
    return again ? 'again' : 'failed'
  }
}

/**
 * Writes down how a try ended; throws ChangedMeanwhile. A turn that is to be tried again is `running`, so that no other
 * worker waits for the same table.
 */
async function end(
  client: pg.ClientBase,
  { runId }: Queue,
  { tenant, version }: Turn,
  state: TurnState,
  error: Error | null,
  newVersion = version,
): Promise<void> {
  const { rowCount } = await client.query(
    `with turn as (
       update public.fleet_turns set state = $3, error = $4, attempt = attempt + 1, started_at = coalesce(started_at, now()),
         duration_ms = extract(epoch from clock_timestamp() - coalesce(started_at, now())) * 1000
       where run_id = $1 and tenant = $2)
     update public.tenants set version = greatest(version, $6), last_error = $4 where name = $2 and version = $5
       and state = any($7)`,
    [runId, tenant, state, error?.message ?? null, version, newVersion, migratedStates],
  )
  if (rowCount === 0) throw new ChangedMeanwhile()
}

/** The tenant is gone, leaving, or of another version than when its turn began. The turn waits, to be looked at anew. */
class ChangedMeanwhile extends Error {}
