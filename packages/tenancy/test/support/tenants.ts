import type { TestDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import type { TenantDb } from '../../src/handles.ts'
import { createPool, type Pool } from '../../src/pool.ts'
import { provision } from '../../src/provision.ts'
import type { Tenant } from '../../src/tenancy.ts'

/** A tenant with one member, whose name is found nowhere else. */
export type Seeded = Tenant & { canary: string }

/** Two new tenants. */
export async function twoTenants(database: TestDatabase): Promise<[Seeded, Seeded]> {
  return [await newTenant(database), await newTenant(database)]
}

/** A tenant that no other test has, seeded through its own scope. */
export async function newTenant({ owner, blueprint, tenancy }: TestDatabase): Promise<Seeded> {
  const { name } = await provision(owner, blueprint)
  await owner.query("update tenants set state = 'ready' where name = $1", [name])
  const canary = `canary-${name}`
  await tenancy.scope({ name }, {}, db => addMember(db, canary))
  return { name, canary }
}

export function addMember(db: TenantDb, name: string) {
  return db.execute(sql`insert into members (id, name) values (gen_random_uuid(), ${name})`)
}

/** The names of the members that a handle sees. */
export async function memberNames(db: Pick<TenantDb, 'execute'>): Promise<string[]> {
  const { rows } = await db.execute<{ name: string }>(sql`select name from members order by name`)
  return rows.map(({ name }) => name)
}

/** The backend that a handle speaks to. */
export async function backendOf(db: Pick<TenantDb, 'execute'>): Promise<number> {
  const { rows } = await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  return rows[0]?.pid as number
}

/** A pool of the superuser, ended with the test. */
export function superuser(t: { teardown(work: () => unknown): void }, { superuserUrl }: TestDatabase): Pool {
  const pool = createPool({ connectionString: superuserUrl, max: 2 })
  t.teardown(() => pool.end())
  return pool
}

/** Ends a backend as an operator or a failover would, and returns once it is gone. */
export async function terminate(superuser: Pool, pid: number): Promise<void> {
  await superuser.query('select pg_terminate_backend($1, 5000)', [pid])
}
