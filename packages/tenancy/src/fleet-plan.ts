import { isBehind, migratedStates } from './fleet-runs.ts'
import type { Migration } from './migrations.ts'
import type { Pool } from './pool.ts'
import { type Blueprint, currentVersion } from './provision.ts'

/** Tenants of one version, and the migrations they lack, in order. */
export type Plan = { version: number; tenants: string[]; migrations: readonly Migration[] }

/** What `migrateFleet` would do, by the version that the tenants have now. Changes nothing. */
export async function planFleet(owner: Pool, blueprint: Blueprint, only?: readonly string[]): Promise<Plan[]> {
  const { rows } = await owner.query<Omit<Plan, 'migrations'>>(
    `select version, array_agg(name order by name) as tenants from tenants where ${isBehind} group by version order by version`,
    [currentVersion(blueprint), migratedStates, only],
  )
  return rows.map(row => ({ ...row, migrations: blueprint.migrations.slice(row.version) }))
}
