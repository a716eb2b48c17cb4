import { randomUUID } from 'node:crypto'
import type { Pool } from './pool.ts'
import type { RunState } from './runs.ts'
import type { TenantState } from './tenants.ts'

/** The tenants that follow the fleet. One on its way in is made at the current version, one on its way out is left alone. */
export const migratedStates = [
  'standby',
  'ready',
  'template',
  'suspended',
  'archived',
] as const satisfies readonly TenantState[]

type Only = readonly string[] | undefined

/** Of a row of tenants: $1 is the version wanted, $2 `migratedStates`, $3 the names concerned or null for every one. */
export const isBehind = 'version < $1 and state = any($2) and ($3::text[] is null or name = any($3))'

/** A larger fleet sends a canary ahead unless told otherwise. */
const smallFleet = 10

/** Whether a tenant is behind `version` or a run to it, or to one before, is unfinished: one query. */
export async function behind(owner: Pool, version: number, only?: Only): Promise<boolean> {
  const { rows } = await owner.query(
    `select exists (select from tenants where ${isBehind})
       or exists (select from fleet_runs where state in ('running', 'paused') and version <= $1) as behind`,
    [version, migratedStates, only],
  )
  return rows[0].behind
}

/**
 * Takes up the unfinished run to `version`, or begins one. An unfinished run to an older version, or to more tenants than
 * are asked for, ends with the turns it had: the tenants it did not reach are behind, and the next run finds them. One
 * of a newer build is left to that build. A paused run is only given back.
 */
export async function openRun(
  pool: Pool,
  version: number,
  only?: Only,
): Promise<{ id: string; state: 'running' | 'paused' }> {
  const { rows: unfinished } = await pool.query<{ id: string; state: 'running' | 'paused'; version: number }>(
    "select id, state, version from fleet_runs where state in ('running', 'paused') and version <= $1",
    [version],
  )
  const paused = unfinished.find(({ state }) => state === 'paused')
  if (paused) return paused
  const mine = only ? undefined : unfinished.find(run => run.version === version)
  for (const run of unfinished) {
    if (run === mine) continue
    await pool.query("delete from fleet_turns where run_id = $1 and state in ('waiting', 'running')", [run.id])
    await closeRun(pool, run.id)
  }
  if (mine) {
    // Only a process that died between two tries leaves a turn like this: whoever runs the fleet holds the lock.
    await pool.query("update fleet_turns set state = 'waiting' where run_id = $1 and state = 'running'", [mine.id])
    return mine
  }
  const id = randomUUID()
  await pool.query("insert into fleet_runs (id, state, version) values ($1, 'running', $2)", [id, version])
  return { id, state: 'running' }
}

/**
 * Gives a turn to each tenant that is behind and has none in this run yet. When the run has no
 * canaries, some of them are: companies rather than spare tenants, and none that is known to fail.
 */
export async function enlist(
  pool: Pool,
  run: { id: string; version: number },
  { only, canaries }: { only: Only; canaries: number | undefined },
): Promise<void> {
  await pool.query(
    `insert into fleet_turns (run_id, tenant, from_version, to_version, canary)
     select $4::uuid, name, version, $1::int,
       not exists (select from fleet_turns where run_id = $4::uuid and canary) and
       row_number() over (order by last_error is null desc, state = 'ready' desc, claimed_at desc nulls last)
         <= coalesce($5::int, case when count(*) over () > ${smallFleet} then 1 else 0 end)
     from tenants where ${isBehind} and not exists (select from fleet_turns where run_id = $4::uuid and tenant = name)`,
    [run.version, migratedStates, only, run.id, canaries],
  )
}

/** Whether the others have to wait: a canary's turn is to come, or it failed. */
export async function awaitsCanaries(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select from fleet_turns where run_id = $1 and canary and state <> 'done' limit 1",
    [id],
  )
  return rowCount === 1
}

/** Ends a run whose canary failed, or that has no turn left. Returns the state it has then. */
export async function closeRun(pool: Pool, id: string): Promise<RunState> {
  const { rows } = await pool.query<{ state: RunState }>(
    `with turns as (select state, canary from fleet_turns where run_id = $1),
     ending as (
       select case
         when exists (select from turns where state = 'failed' and canary) and exists (select from turns where state = 'waiting') then 'halted'
         when exists (select from turns where state in ('waiting', 'running')) then 'running'
         when exists (select from turns where state = 'failed') then 'failed'
         else 'done' end as state),
     ended as (
       update fleet_runs set state = ending.state, finished_at = now() from ending
       where id = $1 and fleet_runs.state = 'running' and ending.state <> 'running' returning fleet_runs.state)
     select coalesce((select state from ended), (select state from fleet_runs where id = $1)) as state`,
    [id],
  )
  return (rows[0] as { state: RunState }).state
}

/** Asks the run that is under way to pause: its workers finish the turns they have. Returns whether there is one. */
export async function pauseRun(owner: Pool): Promise<boolean> {
  return move(owner, 'running', 'paused')
}

/** Lets a paused run go on, once `migrateFleet` takes it up. Returns whether there is one. */
export async function resumeRun(owner: Pool): Promise<boolean> {
  return move(owner, 'paused', 'running')
}

async function move(owner: Pool, from: RunState, to: RunState): Promise<boolean> {
  const { rowCount } = await owner.query('update fleet_runs set state = $2 where state = $1', [from, to])
  return rowCount !== 0
}
