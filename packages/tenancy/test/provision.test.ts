import { once } from 'node:events'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { currentVersion, provision, refillStandby } from '../src/provision.ts'
import { start } from './support/process.ts'
import { addMember, memberNames } from './support/tenants.ts'
import { until } from './support/until.ts'

const database = await testDatabase(t, { connections: 2 })
const { tenancy, owner, blueprint } = database

t.test('a provisioned tenant stands by at the current version and is usable', async t => {
  const tenant = await provision(owner, blueprint)
  const { rows } = await owner.query('select state, version, last_error from tenants where name = $1', [tenant.name])
  t.same(rows, [{ state: 'standby', version: currentVersion(blueprint), last_error: null }])
  await tenancy.scope(tenant, {}, db => addMember(db, 'first'))
  t.strictSame(await tenancy.scope(tenant, {}, memberNames), ['first'])
})

t.test('its role may do with each table what the blueprint says and no more', async t => {
  const { name } = await provision(owner, { ...blueprint, grants: { members: 'select, insert', spinners: 'select' } })
  const { rows } = await owner.query(
    `select table_name as table, string_agg(lower(privilege_type), ', ' order by privilege_type) as rights
     from information_schema.role_table_grants where grantee = $1 and table_schema = $1 group by 1 order by 1`,
    [name],
  )
  t.strictSame(rows, [
    { table: 'members', rights: 'insert, select' },
    { table: 'spinners', rights: 'select' },
  ])
  await t.rejects(
    tenancy.scope({ name }, {}, db => db.execute(sql`select * from spins`)),
    { cause: { code: '42501' } },
  )
})

t.test('its role logs nobody in, owns nothing and is a member of nothing', async t => {
  const { name } = await provision(owner, blueprint)
  const { rows } = await owner.query(
    `select rolcanlogin or rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as powerful,
       exists (select from pg_class where relowner = r.oid) or exists (select from pg_namespace where nspowner = r.oid) as owns,
       exists (select from pg_auth_members where member = r.oid) as member
     from pg_roles r where rolname = $1`,
    [name],
  )
  t.strictSame(rows, [{ powerful: false, owns: false, member: false }])
})

t.test('a migration that fails leaves no role, no schema and no row', async t => {
  const before = await tenantCount()
  // An error message that tells the name, which nobody else gets to know.
  const telling = { version: 2, tag: 'telling', sql: 'select current_schema()::int;' }
  const error = await provision(owner, { ...blueprint, migrations: [...blueprint.migrations, telling] }).catch(e => e)
  const [name] = /t_[a-z0-9]{20}/.exec(error.message) ?? []
  t.ok(name, error.message)
  t.strictSame(await traces(name as string), { role: false, schema: false, row: false })
  t.equal(await tenantCount(), before)
  const made = await provision(owner, blueprint)
  t.strictSame(await traces(made.name), { role: true, schema: true, row: true }, 'one that does not leaves all three')
})

t.test('a process killed in the middle of provisioning leaves nothing', async t => {
  const before = await tenantCount()
  const lock = await owner.connect()
  t.teardown(() => lock.release(true))
  await lock.query('select pg_advisory_lock(4711)')
  const child = start('provisioner.ts', [database.ownerUrl, 'select pg_advisory_xact_lock(4711);'])
  t.teardown(() => child.kill('SIGKILL'))
  const { pid, query } = await backend('killed provisioning')
  const [name] = /t_[a-z0-9]{20}/.exec(query) ?? []

  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  await lock.query('select pg_advisory_unlock(4711)')
  await until(async () => (await owner.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 0)
  t.strictSame(await traces(name as string), { role: false, schema: false, row: false })
  t.equal(await tenantCount(), before)
})

t.test('standby tenants are made in batches, once half of them are gone', async t => {
  const refill = () => refillStandby(owner, tenancy.control, blueprint, 4)
  const take = (count: number) =>
    owner.query(
      "update tenants set state = 'ready' where name in (select name from tenants where state = 'standby' limit $1)",
      [count],
    )
  await take(1_000)
  t.equal(await refill(), 4)
  t.equal(await refill(), 0, 'all are there')
  await take(1)
  t.equal(await refill(), 0, 'one is missing')
  await take(1)
  t.equal(await refill(), 2, 'half are missing')
  await owner.query("update tenants set version = 0 where state = 'standby'")
  t.equal(await refill(), 4, 'those of another version do not count')
  await owner.query("update tenants set version = $1, state = 'ready'", [currentVersion(blueprint)])
})

async function tenantCount(): Promise<number> {
  const { rows } = await owner.query(
    "select (select count(*) from tenants)::int as rows, (select count(*) from pg_namespace where nspname ~ '^t_')::int as schemas",
  )
  t.equal(rows[0].rows, rows[0].schemas)
  return rows[0].rows
}

async function traces(name: string) {
  const { rows } = await owner.query(
    `select exists (select from pg_roles where rolname = $1) as role, exists (select from pg_namespace where nspname = $1) as schema,
       exists (select from tenants where name = $1) as row`,
    [name],
  )
  return rows[0]
}

/** The backend that waits for the test's lock. */
async function backend(applicationName: string): Promise<{ pid: number; query: string }> {
  let row: { pid: number; query: string } | undefined
  await until(async () => {
    const { rows } = await owner.query(
      "select pid, query from pg_stat_activity where application_name = $1 and wait_event = 'advisory' and datname = current_database()",
      [applicationName],
    )
    row = rows[0]
    return row !== undefined
  })
  return row as { pid: number; query: string }
}
