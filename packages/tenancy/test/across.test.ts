import { openReporting } from '@spintrack/database/database'
import { members } from '@spintrack/database/tenant/members'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import { testDatabase } from '@spintrack/database/testing'
import { asc, count, eq, ilike, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import t from 'tap'
import { type Across, type Asking, across, type From, OutOfTime } from '../src/across.ts'
import { DatabaseUnavailable } from '../src/errors.ts'
import { createPool } from '../src/pool.ts'
import { provision } from '../src/provision.ts'
import type { Tenant } from '../src/tenancy.ts'
import { openProxy } from './support/proxy.ts'

const database = await testDatabase(t)
const { owner, blueprint } = database
const pool = openReporting(database.reportingUrl)
t.teardown(() => pool.end())

const tenants: Tenant[] = []
for (let made = 0; made < 120; made++) tenants.push(await provision(owner, blueprint))
await owner.query(
  tenants
    .map(({ name }) => `insert into "${name}".members (id, name) values (gen_random_uuid(), 'in ${name}')`)
    .join(';'),
)
const [first, second, third] = tenants as [Tenant, Tenant, Tenant]

const names = (db: Asking, from: From) => db.select({ name: members.name }).from(from(members))
const everyName = tenants.map(({ name }) => ({ name: `in ${name}`, tenant: name }))

t.test('120 tenants answer in batches of 50, each row with its tenant', async t => {
  const asked = t.capture(pool, 'connect', pool.connect)
  t.strictSame(await across(pool, tenants, names), { rows: everyName, errors: [], truncated: false })
  t.equal(asked().length, 3)
  t.strictSame(await across(pool, [], names), { rows: [], errors: [], truncated: false })
  t.strictSame((await across(pool, [first], names)).rows, [{ name: `in ${first.name}`, tenant: first.name }])
})

t.test('joins, aliases, conditions, groups and an own limit mean the same as in a scope', async t => {
  await owner.query(
    [first, second]
      .map(
        ({ name }, index) => `
        insert into "${name}".members (id, name) values ('018f0000-0000-7000-8000-000000000001', 'zoe');
        insert into "${name}".spinners (id, serial_number, name) values ('018f0000-0000-7000-8000-000000000002', '1', 'spinner');
        insert into "${name}".spins (id, spinner_id, member_id, started_at, duration_ms)
        select gen_random_uuid(), '018f0000-0000-7000-8000-000000000002', '018f0000-0000-7000-8000-000000000001',
          '2026-01-01T00:00:00.000Z', 100 * n from generate_series(1, ${index + 2}) n`,
      )
      .join(';'),
  )
  const spinner = (from: From) => alias(from(spinners), 'spinner')
  const { rows } = await across(pool, [first, second, third], (db, from) => {
    const s = spinner(from)
    return db
      .select({
        member: { name: members.name },
        spinner: s.name,
        spins: count(),
        last: sql`max(${spins.startedAt})`.mapWith(spins.startedAt),
      })
      .from(from(spins))
      .innerJoin(from(members), eq(members.id, spins.memberId))
      .innerJoin(s, eq(s.id, spins.spinnerId))
      .where(ilike(members.name, 'Z%'))
      .groupBy(members.id, s.id)
  })
  const row = { member: { name: 'zoe' }, spinner: 'spinner', last: new Date('2026-01-01T00:00:00.000Z') }
  t.strictSame(rows, [
    { ...row, spins: 2, tenant: first.name },
    { ...row, spins: 3, tenant: second.name },
  ])
  const shortest = await across(pool, [second, first], (db, from) =>
    db.select({ ms: spins.durationMs }).from(from(spins)).orderBy(asc(spins.durationMs)).limit(1),
  )
  t.strictSame(shortest.rows, [
    { ms: 100, tenant: second.name },
    { ms: 100, tenant: first.name },
  ])
  const one = await across(pool, [second], (db, from) => db.select({ ms: spins.durationMs }).from(from(spins)).limit(2))
  t.equal(one.rows.length, 2, 'also of a tenant alone')
})

t.test('values are parameters', async t => {
  const evil = `'; drop schema "${first.name}" --`
  const { rows } = await across(pool, [first, second], (db, from) =>
    db
      .select({ said: sql<string>`${evil}::text` })
      .from(from(members))
      .where(eq(members.name, 'zoe')),
  )
  t.strictSame(
    rows,
    [first, second].map(({ name }) => ({ said: evil, tenant: name })),
  )
  await t.rejects(across(pool, [{ name: 'public' }], names), /Not a tenant name/)
})

t.test('the types of rows are those of the columns', async t => {
  const build = (db: Asking, from: From) =>
    db.select({ ms: spins.durationMs, note: spins.note, at: spins.startedAt }).from(from(spins))
  const result = await across(pool, [first], build)
  const same: Same<typeof result, Across<{ ms: number; note: string | null; at: Date; tenant: string }>> = true
  const column: 'length' extends keyof ReturnType<typeof columnsOf> ? true : false = false
  t.ok(same && !column)
})

t.test('tenants that cannot answer are named with the reason, and hide no other', async t => {
  const broken = [tenants[7], tenants[60], tenants[61], tenants[119]] as Tenant[]
  const [table, column, right, locked] = broken as [Tenant, Tenant, Tenant, Tenant]
  const locker = await owner.connect()
  t.teardown(() => locker.release(true))
  await owner.query(`alter table "${table.name}".members rename to gone; alter table "${column.name}".members rename name to label;
    revoke select on "${right.name}".members from spintrack_reporting`)
  await locker.query(`begin; lock table "${locked.name}".members`)
  const hasty = openReporting(`${database.reportingUrl}?options=-c%20lock_timeout%3D50ms`)
  t.teardown(() => hasty.end())
  const { rows, errors, truncated } = await across(hasty, tenants, (db, from) =>
    names(db, from).where(ilike(members.name, 'in %')),
  )
  t.strictSame(
    rows,
    everyName.filter(({ tenant }) => !broken.some(({ name }) => name === tenant)),
  )
  t.match(errors, [
    { tenant: table.name, error: { code: '42P01' } },
    { tenant: column.name, error: { code: '42703' } },
    { tenant: right.name, error: { code: '42501' } },
    { tenant: locked.name, error: { code: '55P03' } },
  ])
  t.equal(errors.length, 4)
  t.equal(truncated, false)
  await locker.query('rollback')
  await owner.query(`alter table "${table.name}".gone rename to members; alter table "${column.name}".members rename label to name;
    grant select on "${right.name}".members to spintrack_reporting`)
})

t.test('no more rows come than are asked for, and the result says so', async t => {
  const only = (maxRows: number, batch = 50) =>
    across(pool, tenants, (db, from) => names(db, from).where(ilike(members.name, 'in %')), { maxRows, batch })
  for (const [maxRows, batch] of [
    [119, 50],
    [50, 50],
    [7, 3],
    [0, 50],
  ] as const) {
    t.strictSame(await only(maxRows, batch), { rows: everyName.slice(0, maxRows), errors: [], truncated: true })
  }
  t.strictSame(await only(120), { rows: everyName, errors: [], truncated: false })
})

t.test('when the time is over, who has not answered is named', async t => {
  const slow = (db: Asking, from: From) =>
    db
      .select({ slept: sql`pg_sleep(case when ${members.name} = ${`in ${third.name}`} then 60 else 0 end)` })
      .from(from(members))
  const { rows, errors } = await across(pool, tenants.slice(0, 5), slow, { batch: 2, timeoutMs: 500 })
  t.strictSame([...new Set((rows as { tenant: string }[]).map(({ tenant }) => tenant))], [first.name, second.name])
  t.match(errors, [
    { tenant: third.name, error: { code: '57014', message: /statement timeout/ } },
    { tenant: tenants[3]?.name, error: { code: '57014' } },
    { tenant: tenants[4]?.name, error: OutOfTime },
  ])
  t.match(errors[2]?.error, { message: /500 ms/ })
})

t.test('it runs read-only, as a login that may only read', async t => {
  const locking = await across(pool, [first], (db, from) => names(db, from).for('update'))
  t.match(locking.errors, [{ error: { code: '25006' } }])
  const who = await across(pool, [first], (db, from) =>
    db
      .select({ user: sql`current_user`, readOnly: sql`current_setting('transaction_read_only')` })
      .from(from(spinners)),
  )
  t.strictSame(who.rows, [{ user: 'spintrack_reporting', readOnly: 'on', tenant: first.name }])
})

t.test('a database that is gone or a login that is refused is no tenant’s fault', async t => {
  const gone = createPool({ connectionString: 'postgres://nobody@127.0.0.1:1/none', max: 1 })
  const wrong = createPool({
    connectionString: Object.assign(new URL(database.reportingUrl), { password: 'wrong' }).href,
    max: 1,
  })
  t.teardown(() => Promise.all([gone.end(), wrong.end()]))
  await t.rejects(across(gone, tenants, names), DatabaseUnavailable)
  await t.rejects(across(wrong, tenants, names), { code: '28P01' })
  const cut = createPool({
    connectionString: await openProxy(t, database.reportingUrl, message =>
      message.includes('members') ? 'lose' : 'pass',
    ),
    max: 1,
  })
  t.teardown(() => cut.end())
  await t.rejects(across(cut, tenants, names), DatabaseUnavailable)
})

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function columnsOf(from: From) {
  return from(spins)
}
