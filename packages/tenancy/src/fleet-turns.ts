import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { DatabaseUnavailable, errorCode, OutcomeUnknown } from './errors.ts'
import { migratedStates } from './fleet-runs.ts'
import { takeSteps } from './fleet-steps.ts'
import { quoteTenantName } from './names.ts'
import type { Pool } from './pool.ts'
import { type Blueprint, currentVersion } from './provision.ts'
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

type Turn = { runId: string; tenant: string }

/** Takes a waiting turn and returns its tenant; undefined when none is left, or the run is to go no further. */
export async function claimTurn(pool: Pool, runId: string, canary: boolean): Promise<string | undefined> {
  const { rows } = await pool.query<{ tenant: string }>(
    `with next as (
       select tenant from fleet_turns where run_id = $1 and state = 'waiting' and canary = $2
         and exists (select from fleet_runs where id = $1 and state = 'running')
         and ($2 or not exists (select from fleet_turns where run_id = $1 and canary and state in ('waiting', 'failed')))
       limit 1 for update skip locked)
     update fleet_turns t set state = 'running', attempt = attempt + 1, started_at = now()
     from next where run_id = $1 and t.tenant = next.tenant returning t.tenant`,
    [runId, canary],
  )
  return rows[0]?.tenant
}

/**
 * Brings one tenant to the blueprint's version and ends its turn; returns whether it got there. A failure is kept in the
 * turn and in `tenants.last_error`. Throws only DatabaseUnavailable: then the turn is not over.
 */
export async function takeTurn(pool: Pool, blueprint: Blueprint, turn: Turn, patience = usual): Promise<boolean> {
  const tenant = quoteTenantName(turn.tenant)
  const prologue = `begin; set local lock_timeout to ${patience.lockMs}; set local search_path to ${tenant}, pg_temp`
  for (let retry = 0; ; retry++) {
    try {
      await transaction(pool, prologue, client => migrate(client, blueprint, turn, retry))
      return true
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error
      if (retry === patience.retries || !mayTryAgain(error)) {
        await fail(pool, turn, retry, error as Error)
        return false
      }
      await delay(Math.min(backOff.firstMs * 2 ** retry, backOff.mostMs) * (0.5 + Math.random() / 2))
    }
  }
}

/** Also when a COMMIT got no answer: the next try sees whether the version is there. */
function mayTryAgain(error: unknown): boolean {
  return errorCode(error) === '55P03' || error instanceof OutcomeUnknown
}

async function migrate(client: pg.PoolClient, blueprint: Blueprint, turn: Turn, retry: number): Promise<void> {
  // The row stays locked to the end: meanwhile nobody claims, purges or migrates the tenant.
  const { rows } = await client.query<{ version: number }>(
    'select version from public.tenants where name = $1 and state = any($2) for no key update',
    [turn.tenant, migratedStates],
  )
  const [tenant] = rows
  if (!tenant) return forget(client, turn)
  await takeSteps(client, blueprint, { name: turn.tenant, version: tenant.version })
  await client.query(
    `with turn as (${ended('done', 'null')})
     update public.tenants set version = greatest(version, $4), last_error = null where name = $2`,
    [turn.runId, turn.tenant, retry, currentVersion(blueprint)],
  )
}

/** Whoever left the fleet since the run began, on the way to be purged, has no turn in it. */
async function forget(client: pg.PoolClient, { runId, tenant }: Turn): Promise<void> {
  await client.query('delete from public.fleet_turns where run_id = $1 and tenant = $2', [runId, tenant])
}

async function fail(pool: Pool, { runId, tenant }: Turn, retry: number, error: Error): Promise<void> {
  await pool.query(
    `with turn as (${ended('failed', '$4')}) update public.tenants set last_error = $4 where name = $2`,
    [runId, tenant, retry, error.message],
  )
}

function ended(state: 'done' | 'failed', error: string): string {
  return `update public.fleet_turns set state = '${state}', error = ${error}, attempt = attempt + $3,
    duration_ms = extract(epoch from clock_timestamp() - started_at) * 1000 where run_id = $1 and tenant = $2`
}
