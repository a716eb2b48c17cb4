import { type CatalogueQuery, describeSchemas, type Entry, ownName } from './catalogue.ts'
import { borrow } from './connection.ts'
import { grantMissing } from './fleet-grants.ts'
import { migratedStates } from './fleet-runs.ts'
import { newTenantName, quoteTenantName } from './names.ts'
import type { Pool, PoolClient } from './pool.ts'
import { type Blueprint, build, currentVersion } from './provision.ts'
import { transaction } from './transaction.ts'

/** One way in which a tenant is not what its migrations and the blueprint's rights make. */
export type Drift = {
  tenant: string
  /** What it is about: `column members.name`. */
  object: string
  /** What PostgreSQL says of it, of the tenant as it should be and as it is; null where there is no such thing. */
  expected: string | null
  found: string | null
  /** SQL that mends it without touching a row, run with the tenant's search path; absent where a person must decide. */
  repair?: string
}

type Description = Map<string, Entry>

/** Tenants described in one query, which reads much of the catalogue whatever their number: 100 at a time take twice as long. */
const batch = 500

/**
 * Compares tenants with what provisioning them at their version would give: all of them, or those named. Tenants on
 * their way in or out, and those of a newer build, are left out. Reads the catalogue and no row of a tenant; needs no
 * superuser.
 */
export async function findDrift(owner: Pool, blueprint: Blueprint, names?: readonly string[]): Promise<Drift[]> {
  const suspects = await examine(owner, blueprint, names)
  // One that was migrated or purged between two of the questions looked wrong; what is wrong stays so.
  return suspects.length === 0 ? [] : examine(owner, blueprint, [...new Set(suspects.map(({ tenant }) => tenant))])
}

/**
 * Mends what has a repair, each tenant in one transaction. Returns the tenants where that failed, with the error: they
 * are as they were. Making an index holds up the writers of that tenant.
 */
export async function repairDrift(owner: Pool, drift: readonly Drift[]): Promise<{ tenant: string; error: unknown }[]> {
  const failed: { tenant: string; error: unknown }[] = []
  const repairable = drift.filter(({ repair }) => repair)
  for (const tenant of new Set(repairable.map(({ tenant }) => tenant))) {
    const repairs = repairable.filter(each => each.tenant === tenant).map(({ repair }) => repair)
    const prologue = `begin; set local lock_timeout to '2s'; set local search_path to ${quoteTenantName(tenant)}, pg_temp`
    try {
      await transaction(owner, prologue, client => client.query(repairs.join(';\n')))
    } catch (error) {
      failed.push({ tenant, error })
    }
  }
  return failed
}

/**
 * What a tenant of `version` has to look like: one is provisioned, described, and rolled back. Its rights are given last,
 * on the tables there are, since the blueprint has those of the newest version.
 */
export function reference(owner: Pool, blueprint: Blueprint, version: number): Promise<Description> {
  const { reportingTables: _, ...rest } = blueprint
  const bare = { ...rest, migrations: blueprint.migrations.slice(0, version), grants: {} }
  return borrow(owner, async client => {
    const name = newTenantName()
    await client.query('begin')
    try {
      await build(client, name, bare)
      await grantMissing(client, name, blueprint)
      return (await describe(client, [name])).get(name) as Description
    } finally {
      await client.query('rollback')
    }
  })
}

function describe(client: PoolClient | Pool, names: string[]) {
  const query: CatalogueQuery = (text, values) => client.query(text, values)
  return describeSchemas(query, names)
}

async function examine(owner: Pool, blueprint: Blueprint, names: readonly string[] | undefined): Promise<Drift[]> {
  const { rows } = await owner.query<{ version: number; names: string[] }>(
    `select version, array_agg(name order by name) as names from tenants
     where version <= $3 and state = any($2) and ($1::text[] is null or name = any($1))
     group by version order by version`,
    [names, migratedStates, currentVersion(blueprint)],
  )
  const drift: Drift[] = []
  for (const { version, names } of rows) {
    const expected = await reference(owner, blueprint, version)
    for (let first = 0; first < names.length; first += batch) {
      const some = names.slice(first, first + batch)
      const found = await describe(owner, some)
      for (const name of some) drift.push(...compare(name, expected, found.get(name) ?? new Map()))
    }
  }
  return drift
}

function compare(tenant: string, expected: Description, found: Description): Drift[] {
  const oneSided = new Set(
    [...expected.keys(), ...found.keys()].filter(object => !expected.has(object) || !found.has(object)),
  )
  // Of a missing table nobody needs to hear that its columns are missing too.
  const differs = ({ object, within }: Entry) =>
    expected.get(object)?.value !== found.get(object)?.value && !(within !== null && oneSided.has(within))
  const missingOrOther = [...expected.values()].filter(differs)
  const extra = [...found.values()].filter(entry => !expected.has(entry.object) && differs(entry))
  // The order of the repairs: an owner has rights of its own, which go with it, and a right may be there in another form.
  const inOrder = [...missingOrOther.filter(isOwner), ...extra, ...missingOrOther.filter(entry => !isOwner(entry))]
  return inOrder.map(({ object }) => describeDrift(tenant, expected.get(object), found.get(object)))
}

function describeDrift(tenant: string, expected: Entry | undefined, found: Entry | undefined): Drift {
  const named = (text: string) => text.replaceAll(ownName, tenant)
  const { object } = (expected ?? found) as Entry
  // Anything but an owner that is there and differs is a person's to change, since rows may depend on it.
  const repair = !expected ? found?.unmake : !found || isOwner(expected) ? expected.make : null
  return {
    tenant,
    object: named(object),
    expected: expected ? named(expected.value) : null,
    found: found ? named(found.value) : null,
    ...(repair && { repair: named(repair) }),
  }
}

function isOwner({ object }: Entry): boolean {
  return object.startsWith('owner of ')
}
