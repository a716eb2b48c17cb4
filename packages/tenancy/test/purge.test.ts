import { once } from 'node:events'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { type Forget, purgeTenant } from '../src/purge.ts'
import { start } from './support/process.ts'
import { addMember, memberNames, newTenant, superuser, terminate } from './support/tenants.ts'
import { until } from './support/until.ts'

const database = await testDatabase(t)
const { owner, tenancy, blueprint } = database
const nothing: Forget = async () => ({ subject: null, control: {} })

t.test('a purge leaves no schema, no role and no row, and a certificate that counts what went', async t => {
  const { name } = await newTenant(database)
  await tenancy.scope({ name }, {}, db => addMember(db, 'second'))
  await owner.query(
    "insert into fleet_runs (id, state, version) values ('00000000-0000-7000-8000-000000000001', 'done', 2)",
  )
  await owner.query(
    "insert into fleet_turns (run_id, tenant, from_version, to_version, error) select id, $1, 1, 2, 'of its text' from fleet_runs",
    [name],
  )
  const certificate = await purgeTenant(owner, blueprint, name, {
    forget: async query => {
      const { rowCount } = await query("select from tenants where name = $1 and state = 'purging'", [name])
      return { subject: 'subject', control: { things: rowCount ?? 0 } }
    },
  })
  t.match(certificate, { tenant: name, subject: 'subject', version: blueprint.migrations.length, purgedAt: Date })
  const tables = Object.fromEntries(Object.keys(blueprint.grants).map(table => [table, 0]))
  t.strictSame(certificate.removed, { tables: { ...tables, members: 2 }, control: { things: 1 } })
  t.strictSame(await traces(name), { role: false, schema: false, row: false, certificates: 1 })
  const { rows } = await owner.query('select error from fleet_turns where tenant = $1', [name])
  t.strictSame(rows, [{ error: null }], 'the turn stays, and not what it quoted')
})

t.test('purged again, or by two at once, it is the same certificate', async t => {
  const { name } = await newTenant(database)
  const purge = () => purgeTenant(owner, blueprint, name, { forget: nothing })
  const [first, second] = await Promise.all([purge(), purge()])
  t.strictSame(first, second)
  t.strictSame(await purge(), first)
  t.equal((await traces(name)).certificates, 1)
})

t.test('what never was is said to be unknown', async t => {
  const purging = purgeTenant(owner, blueprint, 't_nobodyhasthis', { forget: nothing })
  await t.rejects(purging, /got neither for t_nobodyhasthis/)
})

t.test('a tenant whose schema and role are gone is purged too', async t => {
  const { name } = await newTenant(database)
  await owner.query(`drop schema "${name}" cascade; drop role "${name}"`)
  const { removed } = await purgeTenant(owner, blueprint, name, { forget: nothing })
  t.strictSame(removed.tables, {})
  t.strictSame(await traces(name), { role: false, schema: false, row: false, certificates: 1 })
})

t.test('what a tenant set for itself does not hold its role', async t => {
  const { rows } = await owner.query('select rolsuper from pg_roles where rolname = current_user')
  t.strictSame(rows, [{ rolsuper: false }], 'the owner has no more rights than with the embedded database')
  const { name } = await newTenant(database)
  await tenancy.scope({ name }, {}, db =>
    db.execute(sql.raw(`alter default privileges in schema "${name}" grant select on tables to public`)),
  )
  await tenancy.scope({ name }, {}, db =>
    db.execute(sql`alter default privileges revoke execute on functions from public`),
  )
  await purgeTenant(owner, blueprint, name, { forget: nothing })
  t.strictSame(await traces(name), { role: false, schema: false, row: false, certificates: 1 })
})

t.test('a role that another database needs stays until that goes', async t => {
  const [inherited] = (await owner.query("select name from tenants where state = 'standby'")).rows
  await purgeTenant(owner, blueprint, inherited.name, { forget: nothing })
  // The template that this database was cloned from has it as well.
  t.strictSame(await traces(inherited.name), { role: true, schema: false, row: false, certificates: 1 })
})

t.test('the hooks find the rows, and nothing any more', async t => {
  const { name, canary } = await newTenant(database)
  const seen: unknown[] = []
  await purgeTenant(
    owner,
    {
      hooks: {
        beforePurge: async ({ query }) => {
          seen.push((await query('select name from members')).rows)
        },
        afterPurge: async ({ tenant, query }) => {
          seen.push((await query('select name from tenants where name = $1', [tenant.name])).rows)
        },
      },
    },
    name,
    { forget: nothing },
  )
  t.strictSame(seen, [[{ name: canary }], []])
})

t.test('a step that fails leaves everything but the way in', async t => {
  const failing = async () => {
    throw new Error('on purpose')
  }
  for (const step of ['beforePurge', 'forget', 'afterPurge']) {
    const { name, canary } = await newTenant(database)
    const hooks = step === 'forget' ? {} : { [step]: failing }
    const purging = purgeTenant(owner, { hooks }, name, { forget: step === 'forget' ? failing : nothing })
    await t.rejects(purging, { message: 'on purpose' })
    t.strictSame(await traces(name), { role: true, schema: true, row: true, certificates: 0 })
    t.strictSame(await tenancy.scope({ name }, {}, memberNames), [canary])
    const { rows } = await owner.query('select state from tenants where name = $1', [name])
    t.strictSame(rows, [{ state: 'purging' }])
  }
})

t.test('it waits for requests that are still inside, and counts what they wrote', async t => {
  const { name } = await newTenant(database)
  let purging: Promise<Awaited<ReturnType<typeof purgeTenant>>> | undefined
  await tenancy.scope({ name }, {}, async db => {
    await addMember(db, 'in time')
    purging = purgeTenant(owner, blueprint, name, { forget: nothing, lockTimeoutMs: 50 })
    await until(async () => (await waiting()) === 1)
    // At least one try is given up.
    await until(async () => (await waiting()) === 0)
  })
  t.equal((await purging)?.removed.tables.members, 2)
})

t.test('it gives up on one that stays, and the next purge does it', async t => {
  const { name } = await newTenant(database)
  await tenancy.scope({ name }, { readOnly: true }, async db => {
    await memberNames(db)
    const purging = purgeTenant(owner, blueprint, name, { forget: nothing, lockTimeoutMs: 20, tries: 2 })
    await t.rejects(purging, { code: '55P03' })
  })
  t.strictSame(await traces(name), { role: true, schema: true, row: true, certificates: 0 })
  await purgeTenant(owner, blueprint, name, { forget: nothing })
  t.equal((await traces(name)).row, false)
})

t.test('killed at any point, the next purge converges and there is one certificate', async t => {
  const operator = superuser(t, database)
  const lock = await owner.connect()
  t.teardown(() => lock.release(true))
  await lock.query('select pg_advisory_lock(4712)')
  const points = ['inside', 'forget', 'afterPurge', 'end']
  const reader = await owner.connect()
  t.teardown(() => reader.release(true))
  await Promise.all(
    points.map(async point => {
      const { name } = await newTenant(database)
      if (point === 'inside') await reader.query(`begin; select from "${name}".members`)
      const child = start('purger.ts', [database.ownerUrl, name, point])
      t.teardown(() => child.kill('SIGKILL'))
      const backends = (condition: string) =>
        owner.query(`select pid from pg_stat_activity where application_name = $1 and ${condition}`, [`purge ${point}`])
      await until(async () => (await backends("wait_event_type = 'Lock'")).rowCount === 1)
      const { rows } = await backends('true')
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      // A backend that waits for a lock finds out much later that nobody is there any more.
      for (const { pid } of rows) await terminate(operator, pid)

      t.equal((await traces(name)).row, point !== 'end', point)
      if (point === 'inside') await reader.query('rollback')
      await purgeTenant(owner, blueprint, name, { forget: nothing })
      t.strictSame(await traces(name), { role: false, schema: false, row: false, certificates: 1 }, point)
    }),
  )
})

/** How many wait for a table. */
async function waiting(): Promise<number> {
  const { rows } = await owner.query(
    `select count(*)::int as n from pg_locks where not granted and locktype = 'relation'
     and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows[0].n
}

async function traces(name: string) {
  const { rows } = await owner.query(
    `select exists (select from pg_roles where rolname = $1) as role, exists (select from pg_namespace where nspname = $1) as schema,
       exists (select from tenants where name = $1) as row,
       (select count(*)::int from deletion_certificates where tenant = $1) as certificates`,
    [name],
  )
  return rows[0]
}
