import type pg from 'pg'
import { reason } from './errors.ts'
import { grant, grantMissing, missingRights, type Rights } from './fleet-grants.ts'
import { Guard } from './guard.ts'
import { runHook } from './hooks.ts'
import type { DataStep, Migration } from './migrations.ts'
import { quoteTenantName } from './names.ts'
import type { Blueprint } from './provision.ts'
import { guarded } from './tenancy.ts'

/** What else there is to a round of steps. */
export type Round = {
  /** Keeps what tenants of a version lack, when others follow. */
  rights: Rights
  /** Comes behind the last step, in the same packet where nothing has to be waited for. */
  last: () => Promise<void>
}

/**
 * Takes a tenant through what it lacks, within the transaction of `client`: the hook before, each migration's SQL and
 * data step, the rights, the hook after. Nothing when it lacks nothing. An error says which step it was.
 */
export async function takeSteps(
  client: pg.PoolClient,
  blueprint: Blueprint,
  { name, version }: { name: string; version: number },
  { rights, last }: Round = { rights: new Map(), last: async () => {} },
): Promise<void> {
  const missing = blueprint.migrations.slice(version)
  if (missing.length === 0) return last()
  const { beforeMigrate, afterMigrate } = blueprint.hooks ?? {}
  const known = rights.get(version)
  if (known?.length === 0 && !beforeMigrate && !afterMigrate && missing.every(({ data }) => !data)) {
    await Promise.all([...missing.map(migration => runSql(client, migration)), last()])
    return
  }
  await step('hook beforeMigrate', () => runHook(beforeMigrate, { name }, client))
  for (const migration of missing) {
    await runSql(client, migration)
    const { tag, data } = migration
    if (data) await step(`data step of ${tag}`, () => runDataStep(client, blueprint, name, data))
  }
  const lacking = known ?? (await missingRights(client, name, blueprint))
  rights.set(version, lacking)
  await grant(client, name, lacking)
  await step('hook afterMigrate', () => runHook(afterMigrate, { name }, client))
  await last()
}

function runSql(client: pg.PoolClient, { tag, sql }: Migration): Promise<void> {
  return step(`migration ${tag}`, () => client.query(sql))
}

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    throw new Error(`${name}: ${reason(cause)}`, { cause })
  }
}

/**
 * Runs a step as the tenant, which has its rights on new tables by then. An owner login that is no superuser becomes a
 * member of the role for that long: nobody else ever sees it, and none of it is left.
 */
async function runDataStep(client: pg.PoolClient, blueprint: Blueprint, name: string, data: DataStep): Promise<void> {
  await grantMissing(client, name, blueprint)
  const role = quoteTenantName(name)
  const { rows } = await client.query<{ is_superuser: string }>('show is_superuser')
  const joins = rows[0]?.is_superuser === 'off'
  if (joins) await client.query(`grant ${role} to current_user`)
  await client.query(`set local role ${role}`)
  await guarded(new Guard(client), data)
  await client.query('reset role')
  if (joins) await client.query(`revoke ${role} from current_user`)
}
