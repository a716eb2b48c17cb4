import { migratedStates } from './fleet-runs.ts'
import type { Pool } from './pool.ts'
import type { RunState } from './runs.ts'
import type { TenantState } from './tenants.ts'

/** A run, and how many of its turns are in each state. */
export type Run = {
  id: string
  state: RunState
  version: number
  startedAt: Date
  finishedAt: Date | null
  waiting: number
  running: number
  done: number
  failed: number
}

/** A turn that failed. */
export type Turn = {
  tenant: string
  fromVersion: number
  toVersion: number
  /** How often the tenant was tried. */
  attempt: number
  durationMs: number
  error: string
}

export type FleetStatus = {
  /** How many tenants have each version and state. */
  tenants: { version: number; state: TenantState; count: number }[]
  /** How many of them a migration would bring to the version asked about. */
  behind: number
  /** The tenants whose last turn failed. */
  failing: { name: string; version: number; error: string }[]
  /** The run that began last; undefined before the first. */
  run: Run | undefined
}

/** How the fleet stands, seen from a build of `version`. Needs no right but to read. */
export async function fleetStatus(pool: Pool, version: number): Promise<FleetStatus> {
  const tenants = await pool.query<FleetStatus['tenants'][number]>(
    'select version, state, count(*)::int as count from tenants group by 1, 2 order by 1, 2',
  )
  const failing = await pool.query<FleetStatus['failing'][number]>(
    'select name, version, last_error as error from tenants where last_error is not null order by name',
  )
  const [run] = await latestRuns(pool, 1)
  const followers = tenants.rows.filter(({ state }) => (migratedStates as readonly TenantState[]).includes(state))
  const behind = followers.filter(row => row.version < version).reduce((sum, { count }) => sum + count, 0)
  return { tenants: tenants.rows, behind, failing: failing.rows, run }
}

const runColumns = `id, r.state, version, r.started_at as "startedAt", finished_at as "finishedAt",
  count(*) filter (where t.state = 'waiting')::int as waiting, count(*) filter (where t.state = 'running')::int as running,
  count(*) filter (where t.state = 'done')::int as done, count(*) filter (where t.state = 'failed')::int as failed`

/** The last `limit` runs, the newest first. */
export async function latestRuns(pool: Pool, limit: number): Promise<Run[]> {
  const { rows } = await pool.query<Run>(
    `select ${runColumns} from (select * from fleet_runs order by started_at desc limit $1) r
     left join fleet_turns t on t.run_id = id group by id, r.state, version, r.started_at, finished_at order by r.started_at desc`,
    [limit],
  )
  return rows
}

/** One run, as it stands now. */
export async function runOf(pool: Pool, id: string): Promise<Run> {
  const { rows } = await pool.query<Run>(
    `select ${runColumns} from fleet_runs r left join fleet_turns t on t.run_id = id where id = $1 group by id`,
    [id],
  )
  return rows[0] as Run
}

/** The turns of a run that failed. */
export async function failedTurns(pool: Pool, runId: string): Promise<Turn[]> {
  const { rows } = await pool.query<Turn>(
    `select tenant, from_version as "fromVersion", to_version as "toVersion", attempt, duration_ms as "durationMs", error
     from fleet_turns where run_id = $1 and state = 'failed' order by tenant`,
    [runId],
  )
  return rows
}
