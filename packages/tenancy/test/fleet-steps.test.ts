import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { migrateFleet } from '../src/fleet.ts'
import { fleetStatus } from '../src/fleet-status.ts'
import type { TenantDb } from '../src/handles.ts'
import type { Hooks } from '../src/hooks.ts'
import { createPool, type Pool } from '../src/pool.ts'
import { type Blueprint, currentVersion } from '../src/provision.ts'
import { next, withBadges } from './support/builds.ts'
import { testFleet } from './support/fleet.ts'
import { openProxy } from './support/proxy.ts'
import { memberNames, newTenant, superuser } from './support/tenants.ts'

const database = await testFleet(t)
const { owner, tenancy, blueprint } = database

/** Everything a data step sees of its surroundings, kept in the tenant. */
const witness = (db: TenantDb) =>
  db.execute(sql`insert into badges select concat_ws(' ', current_user, current_schema(), count(*)) from members`)

async function badges(name: string, reader = owner): Promise<string[]> {
  const { rows } = await reader.query(`select name from "${name}".badges`)
  return rows.map(row => row.name)
}

t.test('a data step changes the rows of a tenant as that tenant, with its new tables at hand', async t => {
  const { name } = await newTenant(database)
  const data = async (db: TenantDb) => void (await witness(db))
  const operator = superuser(t, database)
  for (const login of [owner, operator]) {
    await operator.query(`drop table if exists "${name}".badges`)
    await owner.query('update tenants set version = $1', [currentVersion(blueprint)])
    t.match(await migrateFleet({ owner: login, blueprint: withBadges(blueprint, { data }), only: [name] }), {
      outcome: 'done',
    })
    t.strictSame(await badges(name, operator), [`${name} ${name} 1`])
    const { rows } = await owner.query(
      `select pg_has_role('spintrack_owner', $1, 'usage') as usage,
         (select count(*) from pg_auth_members where roleid = $1::regrole and member = 'spintrack_owner'::regrole
            and to_jsonb(pg_auth_members) ->> 'set_option' = 'true')::int as memberships`,
      [name],
    )
    t.strictSame(rows, [{ usage: false, memberships: 0 }], 'and the owner login is no member of it afterwards')
  }
})

t.test('a data step reaches no control table and makes no table', async t => {
  for (const [text, reason] of [
    ['select from public.tenants', 'permission denied for schema public'],
    ['create table more ()', /^data step of badges: permission denied for schema t_/],
  ] as const) {
    const data = async (db: TenantDb) => void (await db.execute(sql.raw(text)))
    const result = await migrateFleet({ owner, blueprint: withBadges(blueprint, { data }) })
    t.match(result, { outcome: 'failed', run: { failed: 4 } })
    t.match('failed' in result && result.failed[0]?.error, reason)
  }
})

t.test('what a data step fails with is kept, without what people wrote', async t => {
  const steps: [(db: TenantDb) => Promise<unknown>, string][] = [
    [
      db => db.execute(sql`select 1 from members where name = ${'secret'} and nothing`),
      'column "nothing" does not exist',
    ],
    [db => db.execute(sql`select ${'secret'}::int`), 'PostgreSQL cannot take a value (22P02)'],
    [() => Promise.reject('no error at all'), 'no error at all'],
    [
      async db => void db.execute(sql`select pg_sleep(0.01)`).catch(() => {}),
      'The scope returned with 1 of its queries',
    ],
  ]
  const [name = ''] = await tenantNames()
  for (const [step, reason] of steps) {
    const build = withBadges(blueprint, { data: async db => void (await step(db)) })
    const result = await migrateFleet({ owner, blueprint: build, only: [name] })
    t.match('failed' in result && result.failed, [{ error: `data step of badges: ${reason}` }])
  }
  t.strictSame((await owner.query('select distinct version from tenants')).rows, [
    { version: currentVersion(blueprint) },
  ])
})

t.test('a data step that lost against a request is run again', async t => {
  let tries = 0
  const data = async () => {
    if (++tries === 1) throw Object.assign(new Error('lost'), { code: '40001' })
  }
  const [name = ''] = await tenantNames()
  t.match(await migrateFleet({ owner, blueprint: withBadges(blueprint, { data }), only: [name] }), { outcome: 'done' })
  t.equal(tries, 2)
})

t.test('hooks run around the migrations, in the tenant and in its transaction', async t => {
  const { name } = await newTenant(database)
  const seen: unknown[] = []
  const look = async ({ tenant, query }: Parameters<NonNullable<Hooks['beforeMigrate']>>[0]) => {
    const { rows } = await query('select current_schema() as schema, to_regclass($1) is not null as badges', ['badges'])
    seen.push({ tenant, ...rows[0] })
  }
  const hooks = { beforeMigrate: look, afterMigrate: look }
  await migrateFleet({ owner, blueprint: { ...withBadges(blueprint), hooks }, only: [name] })
  t.strictSame(seen, [
    { tenant: { name }, schema: name, badges: false },
    { tenant: { name }, schema: name, badges: true },
  ])
  await migrateFleet({ owner, blueprint: { ...withBadges(blueprint), hooks }, only: [name] })
  t.equal(seen.length, 2, 'and not where nothing is missing')
})

t.test('a hook that throws takes the migration back', async t => {
  const hooks = { afterMigrate: () => Promise.reject(new Error('The search index is down')) }
  const result = await migrateFleet({ owner, blueprint: { ...withBadges(blueprint), hooks } })
  t.match(result, { outcome: 'failed', run: { failed: 4 } })
  t.match('failed' in result && result.failed[0]?.error, 'hook afterMigrate: The search index is down')
  t.match(await migrateFleet({ owner, blueprint: withBadges(blueprint) }), { outcome: 'done' }, 'so the table is free')
})

t.test('rights that are missing on older tables are given, to the reporting login too', async t => {
  const { name } = await newTenant(database)
  const reportingLogin = `test_${randomBytes(8).toString('hex')}`
  const operator = superuser(t, database)
  await operator.query(`create role ${reportingLogin} nologin`)
  t.teardown(() => operator.query(`drop owned by ${reportingLogin}; drop role ${reportingLogin}`))
  await owner.query(`revoke update on "${name}".members from "${name}"`)
  const build: Blueprint = { ...next(blueprint, 'select 1'), reportingLogin, reportingTables: ['members'] }
  await migrateFleet({ owner, blueprint: build, only: [name] })
  const { rows } = await owner.query(
    `select has_table_privilege($1, $2, 'update') as update, has_schema_privilege($3, $1, 'usage') as usage,
       has_table_privilege($3, $2, 'select') as select, has_table_privilege($3, $2, 'insert') as insert,
       has_table_privilege($3, $1 || '.spins', 'select') as spins`,
    [name, `${name}.members`, reportingLogin],
  )
  t.strictSame(rows, [{ update: true, usage: true, select: true, insert: false, spins: false }])
})

t.test('rights that are there are left alone, so that nobody reads the table anew', async t => {
  const { name } = await newTenant(database)
  const stamp = async () =>
    (await owner.query('select xmin from pg_class where oid = $1::regclass', [`${name}.members`])).rows
  const before = await stamp()
  await migrateFleet({ owner, blueprint: withBadges(blueprint), only: [name] })
  t.strictSame(await stamp(), before)
})

t.test('a tenant whose COMMIT got no answer is looked at again, and migrated once', async t => {
  const { name } = await newTenant(database)
  const data = async (db: TenantDb) => void (await witness(db))
  let commits = 0
  let lose = false
  const through = await throughProxy(t, message => {
    if (message.includes('next_commit')) lose = true
    if (lose && message.includes('commit\0') && commits++ === 0) return 'loseAnswer'
    return 'pass'
  })
  const hooks: Hooks = { afterMigrate: async ({ query }) => void (await query("select 'next_commit'")) }
  t.match(
    await migrateFleet({ owner: through, blueprint: { ...withBadges(blueprint, { data }), hooks }, only: [name] }),
    {
      outcome: 'done',
    },
  )
  t.equal(commits, 2, 'the first was lost')
  t.strictSame(await badges(name), [`${name} ${name} 1`])
  t.strictSame(await tenancy.scope({ name }, {}, memberNames), [`canary-${name}`])
})

t.test('a database that goes away is the fault of no tenant', async t => {
  let down = false
  const data = async () => {
    down = true
  }
  const through = await throughProxy(t, () => (down ? 'lose' : 'pass'))
  await t.rejects(migrateFleet({ owner: through, blueprint: withBadges(blueprint, { data }), workers: 2 }), {
    name: 'DatabaseUnavailable',
  })
  t.match(await fleetStatus(owner, currentVersion(blueprint) + 1), {
    failing: [],
    run: { state: 'running', failed: 0 },
  })
  t.match(await migrateFleet({ owner, blueprint: withBadges(blueprint) }), { outcome: 'done', run: { done: 4 } })
})

async function tenantNames(): Promise<string[]> {
  return (await owner.query('select name from tenants')).rows.map(({ name }) => name)
}

async function throughProxy(t: Parameters<typeof openProxy>[0], judge: Parameters<typeof openProxy>[2]): Promise<Pool> {
  const pool = createPool({ connectionString: await openProxy(t, database.ownerUrl, judge), max: 2 })
  t.teardown(() => pool.end())
  return pool
}
