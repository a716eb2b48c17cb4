import { quoteIdentifier, quoteTenantName } from './names.ts'
import type { Pool } from './pool.ts'
import { type Blueprint, currentVersion } from './provision.ts'
import { reportingGrants } from './reporting.ts'
import { transaction } from './transaction.ts'

/** How an upgrade went: how many tenants reached the current version, and those that did not, with the error. */
export type UpgradeResult = { upgraded: number; failed: { name: string; error: unknown }[] }

/**
 * Brings every tenant that is behind to the current version, one transaction each, so that its tables and its version
 * change together. One that fails keeps its version and the error in `last_error`, and does not stop the others.
 * With nothing to do it costs one query.
 */
export async function upgradeTenants(owner: Pool, blueprint: Blueprint): Promise<UpgradeResult> {
  const { rows } = await owner.query<{ name: string; version: number }>(
    "select name, version from tenants where version < $1 and state not in ('purging', 'provisioning') order by name",
    [currentVersion(blueprint)],
  )
  const result: UpgradeResult = { upgraded: 0, failed: [] }
  for (const { name, version } of rows) {
    try {
      await transaction(owner, 'begin', client => client.query(script(name, version, blueprint)))
      result.upgraded++
    } catch (error) {
      await owner.query('update tenants set last_error = $2 where name = $1', [name, String(error)])
      result.failed.push({ name, error })
    }
  }
  return result
}

function script(name: string, version: number, blueprint: Blueprint): string {
  const { migrations, grants } = blueprint
  const tenant = quoteTenantName(name)
  return [
    "set local lock_timeout to '2s'",
    `set local search_path to ${tenant}, pg_temp`,
    ...migrations.slice(version).map(migration => migration.sql.trimEnd().replace(/;$/, '')),
    ...Object.entries(grants).map(([table, rights]) => `grant ${rights} on ${quoteIdentifier(table)} to ${tenant}`),
    ...reportingGrants(name, blueprint),
    `update public.tenants set version = ${migrations.length}, last_error = null where name = '${name}'`,
  ].join(';\n')
}
