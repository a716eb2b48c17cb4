import { createServer } from 'node:net'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { connect, release } from '../src/connection.ts'
import { DatabaseUnavailable } from '../src/errors.ts'
import { createPool } from '../src/pool.ts'
import { createTenancy } from '../src/tenancy.ts'
import { backendOf, memberNames, newTenant, superuser, terminate } from './support/tenants.ts'
import { until } from './support/until.ts'

const database = await testDatabase(t, { connections: 1 })

t.test('a PostgreSQL that is not there is DatabaseUnavailable', async t => {
  const pool = createPool({ connectionString: 'postgres://nobody@127.0.0.1:1/nothing' })
  t.teardown(() => pool.end())
  const tenancy = createTenancy(pool)
  await t.rejects(tenancy.control.execute(sql`select 1`), { cause: { name: 'DatabaseUnavailable' } })
  await t.rejects(tenancy.scope({ name: 't_0123456789ab' }, {}, memberNames), DatabaseUnavailable)
})

t.test('one that takes connections and never answers is DatabaseUnavailable in time', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise(resolve => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const pool = createPool({ connectionString: `postgres://nobody@127.0.0.1:${port}/nothing` })
  await t.rejects(connect(pool), DatabaseUnavailable)
})

t.test('a pool that stays empty for two seconds is DatabaseUnavailable, and lends again once it is not', async t => {
  const { pool, tenancy } = database
  const a = await newTenant(database)
  const taken = await connect(pool)
  await t.rejects(tenancy.scope(a, {}, memberNames), DatabaseUnavailable)
  release(taken)
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
})

t.test('a login that PostgreSQL refuses is told as it is', async t => {
  const wrong = Object.assign(new URL(database.appUrl), { password: 'wrong' })
  const pool = createPool({ connectionString: wrong.href })
  t.teardown(() => pool.end())
  await t.rejects(connect(pool), { code: '28P01' })
})

t.test('a control statement whose backend dies is DatabaseUnavailable, and the next one works', async t => {
  const { tenancy } = database
  const operator = superuser(t, database)
  const pid = await backendOf(tenancy.control)
  const waiting = tenancy.control.execute(sql`select pg_sleep(4)`).then()
  waiting.catch(() => {})
  await until(async () => {
    const { rows } = await operator.query(
      "select wait_event = 'PgSleep' as asleep from pg_stat_activity where pid = $1",
      [pid],
    )
    return rows[0].asleep
  })
  await terminate(operator, pid)
  await t.rejects(waiting, { cause: { name: 'DatabaseUnavailable' } })
  t.not(await backendOf(tenancy.control), pid)
})

t.test('a connection that broke is not lent again, though pg-pool has not noticed yet', async t => {
  const { pool, tenancy } = database
  const client = await connect(pool)
  release(client, Object.assign(new Error('terminating connection'), { code: '57P01' }))
  t.equal(pool.totalCount, 0)
  t.ok(await backendOf(tenancy.control), 'there is another')
  const sound = await connect(pool)
  release(sound, Object.assign(new Error('division by zero'), { code: '22012' }))
  t.equal(pool.idleCount, 1, 'after any other error it is lent again')
})

t.test('a control statement that fails is told as it is', async t => {
  await t.rejects(database.tenancy.control.execute(sql`select 1 / 0`), { cause: { code: '22012' } })
})
