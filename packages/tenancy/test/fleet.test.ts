import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { type FleetOptions, migrateFleet, type Progress } from '../src/fleet.ts'
import { planFleet } from '../src/fleet-plan.ts'
import { pauseRun, resumeRun } from '../src/fleet-runs.ts'
import { fleetStatus, latestRuns } from '../src/fleet-status.ts'
import type { Step } from '../src/hooks.ts'
import { type Blueprint, currentVersion, provision } from '../src/provision.ts'
import type { Tenant } from '../src/tenancy.ts'
import { next, withBadges } from './support/builds.ts'
import { testFleet } from './support/fleet.ts'
import { memberNames, newTenant, superuser, terminate } from './support/tenants.ts'

const database = await testFleet(t)
const { owner, tenancy, blueprint } = database
const version = currentVersion(blueprint)

t.test('tenants that are behind get the missing migrations, rights and version together', async t => {
  const build = withBadges(blueprint)
  const { rows: behind } = await owner.query('select name from tenants')
  const ahead = await provision(owner, build)
  t.match(await migrateFleet({ owner, blueprint: build }), {
    outcome: 'done',
    run: { state: 'done', version: currentVersion(build), done: behind.length, failed: 0, waiting: 0, running: 0 },
    failed: [],
  })
  for (const tenant of [...behind, ahead]) {
    await tenancy.scope(tenant, {}, db => db.execute(sql`insert into badges values ('gold')`))
  }
  const { rows } = await owner.query('select distinct version from tenants')
  t.strictSame(rows, [{ version: currentVersion(build) }])
})

t.test('a tenant that is several versions behind gets each', async t => {
  const [tenant] = (await owner.query('select name from tenants')).rows
  await migrateFleet({
    owner,
    blueprint: next(withBadges(blueprint), 'alter table badges add column awarded_at date;'),
  })
  await t.resolves(tenancy.scope(tenant, {}, db => db.execute(sql`select awarded_at from badges`)))
})

t.test('with nothing to do it asks one question and opens no connection', async t => {
  const asked = t.capture(owner, 'query', owner.query)
  t.strictSame(await migrateFleet({ owner, blueprint }), { outcome: 'current' })
  t.equal(asked().length, 1)
})

t.test('one that fails keeps its version and its tables, says why, and stops no other', async t => {
  const odd = await newTenant(database)
  await owner.query(`create table "${odd.name}".badges ()`)
  const build = next(withBadges(next(blueprint, 'alter table members add column half text')), 'select 1')
  const result = await migrateFleet({ owner, blueprint: build })
  const error = 'migration badges: relation "badges" already exists'
  t.match(result, { outcome: 'failed', run: { state: 'failed', done: 4, failed: 1 } })
  t.match('failed' in result && result.failed, [
    { tenant: odd.name, fromVersion: version, toVersion: version + 3, attempt: 1, error },
  ])
  const state = () => owner.query('select version, last_error from tenants where name = $1', [odd.name])
  t.strictSame((await state()).rows, [{ version: currentVersion(blueprint), last_error: error }])
  const { rowCount } = await owner.query(
    "select from information_schema.columns where table_schema = $1 and column_name = 'half'",
    [odd.name],
  )
  t.equal(rowCount, 0, 'not even half of it')
  t.match(await fleetStatus(owner, version + 3), {
    behind: 1,
    tenants: [
      { version, state: 'ready', count: 1 },
      { version: version + 3, state: 'standby', count: 4 },
    ],
    failing: [{ name: odd.name, version, error }],
    run: { state: 'failed' },
  })

  await owner.query(`drop table "${odd.name}".badges`)
  t.match(
    await migrateFleet({ owner, blueprint: build }),
    { outcome: 'done', run: { done: 1 } },
    'the next run mends it',
  )
  t.strictSame((await state()).rows, [{ version: currentVersion(build), last_error: null }])
  t.match(await latestRuns(owner, 5), [{ state: 'done' }, { state: 'failed' }])
})

t.test('only the tenants asked for are migrated, and what would be done can be read before', async t => {
  const build = withBadges(blueprint)
  const { rows } = await owner.query<{ name: string }>('select name from tenants order by name')
  const [first = '', ...rest] = rows.map(({ name }) => name)
  t.match(await planFleet(owner, build, [first]), [{ version, tenants: [first], migrations: [{ tag: 'badges' }] }])
  t.match(await migrateFleet({ owner, blueprint: build, only: [first] }), { outcome: 'done', run: { done: 1 } })
  t.match(await planFleet(owner, build), [{ version, tenants: rest }])
  t.strictSame(await migrateFleet({ owner, blueprint: build, only: [first] }), { outcome: 'current' })
})

t.test('tenants on their way in or out are left alone, suspended and archived ones are not', async t => {
  const { rows } = await owner.query('select name from tenants order by name limit 4')
  for (const [index, state] of ['purging', 'provisioning', 'suspended', 'archived'].entries()) {
    await owner.query('update tenants set state = $2 where name = $1', [rows[index].name, state])
  }
  await migrateFleet({ owner, blueprint: withBadges(blueprint) })
  const { tenants } = await fleetStatus(owner, version + 1)
  t.strictSame(tenants, [
    { version, state: 'provisioning', count: 1 },
    { version, state: 'purging', count: 1 },
    { version: version + 1, state: 'archived', count: 1 },
    { version: version + 1, state: 'suspended', count: 1 },
  ])
})

t.test('when a canary fails nobody else is touched', async t => {
  const canary = await newTenant(database)
  await owner.query(`create table "${canary.name}".badges ()`)
  const build = withBadges(blueprint)
  const halted = await migrateFleet({ owner, blueprint: build, canaries: 1 })
  t.match(halted, { outcome: 'halted', run: { state: 'halted', done: 0, failed: 1, waiting: 4 } })
  t.match('failed' in halted && halted.failed, [{ tenant: canary.name }], 'a company goes ahead, not a spare tenant')
  t.match(await fleetStatus(owner, version + 1), { tenants: [{ version }, { version }], behind: 5 })
  t.match(
    await migrateFleet({ owner, blueprint: build, canaries: 1 }),
    { outcome: 'failed', run: { done: 4, failed: 1 } },
    'the next run sends one ahead that is not known to fail',
  )
})

t.test('a fleet of more than ten sends one ahead by itself', async t => {
  for (let made = 4; made < 11; made++) await provision(owner, blueprint)
  const result = await migrateFleet({ owner, blueprint: next(blueprint, 'select 1 / 0') })
  t.match(result, { outcome: 'halted', run: { failed: 1, waiting: 10 } })
  t.match('failed' in result && result.failed[0]?.error, 'migration next: PostgreSQL cannot take a value (22012)')
})

t.test('a second runner says at once that one is at it', async t => {
  const { blueprint: build, reached, release } = held(withBadges(blueprint))
  const first = migrateFleet({ owner, blueprint: build })
  await reached
  t.strictSame(await migrateFleet({ owner, blueprint: build }), { outcome: 'busy' })
  release()
  t.match(await first, { outcome: 'done' })
})

t.test('a run that was paused goes on when it is resumed, and not before', async t => {
  t.equal(await pauseRun(owner), false, 'there is none')
  const { blueprint: build, reached, release } = held(withBadges(blueprint))
  const seen: Progress[] = []
  const options = { owner, blueprint: build, workers: 1, onProgress: (progress: Progress) => seen.push(progress) }
  const first = migrateFleet(options)
  await reached
  t.equal(await pauseRun(owner), true)
  release()
  t.match(await first, { outcome: 'paused', run: { state: 'paused', done: 1, waiting: 3 } })
  t.match(await migrateFleet(options), { outcome: 'paused', run: { done: 1 } })
  t.equal(await resumeRun(owner), true)
  t.match(await migrateFleet(options), { outcome: 'done', run: { done: 4 } })
  t.strictSame(
    seen,
    [1, 2, 3, 4].map(done => ({ done, failed: 0, total: 4 })),
  )
  t.equal((await latestRuns(owner, 5)).length, 1)
})

t.test('a run that was told to stop, or whose process died, is taken up', async t => {
  const build = withBadges(blueprint)
  const stopping = new AbortController()
  const stopped = await migrateFleet({
    owner,
    blueprint: build,
    workers: 1,
    onProgress: () => stopping.abort(),
    signal: stopping.signal,
  })
  t.match(stopped, { outcome: 'stopped', run: { state: 'running', done: 1, waiting: 3 } })
  await owner.query(
    "update fleet_turns set state = 'running', attempt = 1 where tenant in (select tenant from fleet_turns where state = 'waiting' limit 2)",
  )
  t.match(await migrateFleet({ owner, blueprint: build }), { outcome: 'done', run: { done: 4 } })
  t.equal((await latestRuns(owner, 5)).length, 1)
})

t.test('a run that no tenant is left for is ended', async t => {
  await owner.query("insert into fleet_runs (id, state, version) values (gen_random_uuid(), 'running', $1)", [version])
  t.match(await migrateFleet({ owner, blueprint }), { outcome: 'done', run: { done: 0 } })
  t.strictSame(await migrateFleet({ owner, blueprint }), { outcome: 'current' })
})

t.test('an unfinished run of the build before ends with the turns it had', async t => {
  const build = withBadges(blueprint)
  await stopAfterOne({ owner, blueprint: build })
  const newer = next(build, 'alter table badges add column awarded_at date;')
  t.match(await migrateFleet({ owner, blueprint: newer }), { outcome: 'done', run: { version: version + 2, done: 4 } })
  t.match(await latestRuns(owner, 5), [
    { version: version + 2 },
    { version: version + 1, state: 'done', done: 1, waiting: 0 },
  ])
})

t.test('an unfinished run of a newer build is left to that', async t => {
  const build = withBadges(blueprint)
  await stopAfterOne({ owner, blueprint: build })
  t.strictSame(await migrateFleet({ owner, blueprint }), { outcome: 'current' })
  t.match(await latestRuns(owner, 5), [{ version: version + 1, state: 'running', waiting: 3 }])
})

t.test('when only some are asked for, an unfinished run of all is over', async t => {
  const build = withBadges(blueprint)
  await stopAfterOne({ owner, blueprint: build })
  const [
    {
      tenants: [one = ''],
    } = { tenants: [] },
  ] = await planFleet(owner, build)
  t.match(await migrateFleet({ owner, blueprint: build, only: [one] }), { outcome: 'done', run: { done: 1 } })
  t.match(await fleetStatus(owner, version + 1), { behind: 2 })
})

t.test('tenants that an older process makes meanwhile get a turn too', async t => {
  const { blueprint: build, reached, release } = held(withBadges(blueprint))
  const run = migrateFleet({ owner, blueprint: build })
  await reached
  await provision(owner, blueprint)
  release()
  t.match(await run, { outcome: 'done', run: { done: 5 } })
})

t.test('a tenant that is purged meanwhile has no turn', async t => {
  const build = withBadges(blueprint)
  await stopAfterOne({ owner, blueprint: build })
  await owner.query(
    "update tenants set state = 'purging' where name = (select name from tenants where version = $1 limit 1)",
    [version],
  )
  t.match(await migrateFleet({ owner, blueprint: build }), { outcome: 'done', run: { done: 3, failed: 0 } })
})

t.test('nor has one that leaves in the middle of it', async t => {
  let leaving: string | undefined
  const beforeMigrate = async ({ tenant: { name } }: Step) => {
    leaving ??= name
    if (name === leaving) await owner.query("update tenants set state = 'purging' where name = $1", [name])
  }
  const build = { ...withBadges(blueprint), hooks: { beforeMigrate } }
  t.match(await migrateFleet({ owner, blueprint: build }), { outcome: 'done', run: { done: 3, failed: 0 } })
  const { rows } = await owner.query('select version, last_error from tenants where name = $1', [leaving])
  t.strictSame(rows, [{ version, last_error: null }])
})

t.test('one that only COMMIT refuses has failed, and says why', async t => {
  const build = next(
    blueprint,
    `create table halves (id int primary key, other int references halves deferrable initially deferred);
     insert into halves values (1, 2)`,
  )
  const result = await migrateFleet({ owner, blueprint: build, canaries: 0 })
  t.match(result, { outcome: 'failed', run: { done: 0, failed: 4 }, failed: [{ attempt: 1, error: /halves/ }] })
})

t.test('a turn that a dead process still holds is waited for', async t => {
  const build = withBadges(blueprint)
  await stopAfterOne({ owner, blueprint: build })
  const dead = await owner.connect()
  t.teardown(() => dead.release(true))
  await dead.query("begin; select from fleet_turns where state = 'waiting' limit 1 for update")
  const progressed = async ({ done }: Progress) => {
    if (done !== 3) return
    await delay(300)
    await dead.query('rollback')
  }
  const run = migrateFleet({ owner, blueprint: build, onProgress: progressed })
  t.match(await run, { outcome: 'done', run: { done: 4, failed: 0 } })
})

t.test('a table in use is waited for in short tries, which hold nobody up for long', async t => {
  const busy = await newTenant(database)
  const reader = await owner.connect()
  t.teardown(() => reader.release(true))
  await reader.query(`begin; select from "${busy.name}".members`)
  const build = next(blueprint, 'alter table members add column nickname text')
  const run = migrateFleet({ owner, blueprint: build, only: [busy.name] })
  let reading = true
  const waits: number[] = []
  const reads = (async () => {
    while (reading) {
      const began = performance.now()
      await tenancy.scope(busy, { readOnly: true }, memberNames)
      waits.push(performance.now() - began)
    }
  })()
  await triesLost(busy, 2)
  await reader.query('rollback')
  t.match(await run, { outcome: 'done' })
  reading = false
  await reads
  t.ok(Math.max(...waits) < 2_000, `the longest wait was ${Math.max(...waits)} ms`)
  const { rows } = await owner.query('select attempt from fleet_turns')
  t.ok(rows[0].attempt > 2, `${rows[0].attempt} tries`)
})

t.test('a table that stays in use fails its tenant in the end', async t => {
  const busy = await newTenant(database)
  const reader = await owner.connect()
  t.teardown(() => reader.release(true))
  await reader.query(`begin; select from "${busy.name}".members`)
  const build = next(blueprint, 'alter table members add column nickname text')
  const result = await migrateFleet({ owner, blueprint: build, patience: { lockMs: 1, retries: 1 } })
  t.match(result, { outcome: 'failed', run: { done: 4, failed: 1 } })
  t.match('failed' in result && result.failed, [
    { tenant: busy.name, attempt: 2, error: 'migration next: canceling statement due to lock timeout' },
  ])
})

t.test('whoever loses the lock stops, and the next goes on', async t => {
  const operator = superuser(t, database)
  const { blueprint: build, reached, release } = held(withBadges(blueprint))
  const run = migrateFleet({ owner, blueprint: build, workers: 1 })
  await reached
  const { rows } = await operator.query(
    "select pid from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())",
  )
  await terminate(operator, rows[0].pid)
  release()
  await t.rejects(run, { name: 'DatabaseUnavailable' })
  t.match(await latestRuns(owner, 1), [{ state: 'running', done: 1, waiting: 3 }])
  t.match(await migrateFleet({ owner, blueprint: build }), { outcome: 'done', run: { done: 4 } })
})

/** Resolves once somebody gave up waiting for the tenant's table `count` times. */
async function triesLost({ name }: Tenant, count: number): Promise<void> {
  for (let lost = 0, waited = false; lost < count; ) {
    const { rowCount } = await owner.query(
      'select from pg_locks where relation = $1::regclass and not granted and mode = $2',
      [`${name}.members`, 'AccessExclusiveLock'],
    )
    if (waited && rowCount === 0) lost++
    waited = rowCount !== 0
  }
}

async function stopAfterOne(options: Pick<FleetOptions, 'owner' | 'blueprint'>): Promise<void> {
  const stopping = new AbortController()
  await migrateFleet({ ...options, workers: 1, onProgress: () => stopping.abort(), signal: stopping.signal })
}

/** A build whose first turn waits within its transaction until it is released. */
function held(blueprint: Blueprint) {
  const gate = new EventTarget()
  const reached = once(gate, 'reached')
  const released = once(gate, 'release')
  const beforeMigrate = async () => {
    gate.dispatchEvent(new Event('reached'))
    await released
  }
  return {
    blueprint: { ...blueprint, hooks: { beforeMigrate } },
    reached,
    release: () => gate.dispatchEvent(new Event('release')),
  }
}
