import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { claimTenant } from '../src/claim.ts'
import { currentVersion } from '../src/provision.ts'
import { keepStandby } from '../src/standby.ts'
import { superuser, terminate } from './support/tenants.ts'
import { until } from './support/until.ts'

t.test('a keeper refills at its start, after claims, and when it was told nothing', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t)
  const { standing, take } = counting(owner)
  await take()
  const keeper = keepStandby({ owner, control: tenancy.control, blueprint, target: 2, everyMs: 3_600_000, onError })
  t.teardown(() => keeper.stop())
  await until(async () => (await standing()) === 2)
  t.pass('at its start')

  for (let n = 0; n < 2; n++) await claimTenant(tenancy, { version: currentVersion(blueprint) }, async () => {})
  await until(async () => (await standing()) === 2)
  t.pass('after claims')
  await keeper.stop()

  const watchful = keepStandby({ owner, control: tenancy.control, blueprint, target: 2, everyMs: 10, onError })
  t.teardown(() => watchful.stop())
  // Twice: the first time it may have been about to refill as it does at its start.
  for (let n = 0; n < 2; n++) {
    await take()
    await until(async () => (await standing()) === 2)
  }
  t.pass('when it was told nothing')
})

t.test('a keeper survives its connection, and says that it was lost', async t => {
  const database = await testDatabase(t)
  const { tenancy, owner, blueprint } = database
  const operator = superuser(t, database)
  const { standing, take } = counting(owner)
  const errors: unknown[] = []
  const keeper = keepStandby({
    owner,
    control: tenancy.control,
    blueprint,
    target: 2,
    everyMs: 3_600_000,
    onError: error => errors.push(error),
  })
  t.teardown(() => keeper.stop())
  await terminate(operator, await listener(operator))
  await until(async () => errors.length > 0)
  await take()
  await until(async () => (await standing()) === 2)
  t.equal(errors.length, 1)
})

t.test('a keeper that cannot provision says so and goes on', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t)
  const { standing, take } = counting(owner)
  await take()
  const grants = { ...blueprint.grants, nothing: 'select' }
  const errors: unknown[] = []
  const broken = { ...blueprint, grants }
  const keeper = keepStandby({
    owner,
    control: tenancy.control,
    blueprint: broken,
    target: 1,
    onError: error => {
      errors.push(error)
      broken.grants = blueprint.grants as typeof grants
    },
  })
  t.teardown(() => keeper.stop())
  await until(async () => (await standing()) === 1)
  t.match(errors, [{ code: '42P01' }])
})

t.test('a keeper that is stopped, even at once or twice, leaves no connection and makes nothing more', async t => {
  const database = await testDatabase(t)
  const { tenancy, owner, blueprint } = database
  const operator = superuser(t, database)
  const { standing, take } = counting(owner)
  const start = () => keepStandby({ owner, control: tenancy.control, blueprint, target: 2, everyMs: 10, onError })
  await start().stop()

  const keeper = start()
  await listener(operator)
  await Promise.all([keeper.stop(), keeper.stop()])
  t.equal(owner.idleCount, owner.totalCount, 'the pool has all its connections')
  const listening = "select from pg_stat_activity where query ~ '^(listen|select 1$)' and datname = current_database()"
  await until(async () => (await operator.query(listening)).rowCount === 0)
  await take()
  await claimNothing(tenancy, currentVersion(blueprint))
  t.equal(await standing(), 0)
})

function onError(error: unknown): never {
  throw error
}

function counting(owner: { query(text: string): Promise<{ rows: { n: number }[] }> }) {
  return {
    standing: async () =>
      (await owner.query("select count(*)::int as n from tenants where state = 'standby'")).rows[0]?.n,
    take: () => owner.query("update tenants set state = 'ready' where state = 'standby'"),
  }
}

/** A notification that nobody heeds, and time in which somebody might. */
async function claimNothing(tenancy: Parameters<typeof claimTenant>[0], version: number): Promise<void> {
  await claimTenant(tenancy, { version, waitMs: 150 }, async () => {}).catch(() => {})
}

/** The backend of the keeper, once it listens. */
async function listener(operator: ReturnType<typeof superuser>): Promise<number> {
  let pid: number | undefined
  await until(async () => {
    // Idle after `listen`, or after the `select 1` that follows every refill.
    const { rows } = await operator.query(
      `select a.pid from pg_stat_activity a where datname = current_database() and state = 'idle' and query ~ '^(listen|select 1$)'`,
    )
    pid = rows[0]?.pid
    return pid !== undefined
  })
  return pid as number
}
