import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { connect, release } from '../src/connection.ts'
import { createPool } from '../src/pool.ts'
import { createTenancy } from '../src/tenancy.ts'
import { backendOf, memberNames, superuser, terminate, twoTenants } from './support/tenants.ts'

const database = await testDatabase(t, { connections: 1 })
const operator = superuser(t, database)

t.test(
  'a backend terminated in the middle of a transaction ends neither the process nor its place in the pool',
  async t => {
    const errors: Error[] = []
    const pool = createPool({ connectionString: database.appUrl, max: 1, onError: error => errors.push(error) })
    t.teardown(() => pool.end())
    const [a, b] = await twoTenants(database)
    const tenancy = createTenancy(pool)
    for (let round = 0; round < 5; round++) {
      let tries = 0
      const seen = await tenancy.scope(a, {}, async db => {
        if (++tries === 1) await terminate(operator, await backendOf(db))
        return memberNames(db)
      })
      t.strictSame(seen, [a.canary])
      t.equal(tries, 2, 'it was tried again')
    }
    t.ok(errors.length >= 5, 'onError was told')
    t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary])
    t.equal(pool.totalCount, 1)
    t.equal(pool.idleCount, 1)
  },
)

t.test('a backend terminated while idle is replaced', async t => {
  const { tenancy } = database
  const [a] = await twoTenants(database)
  await terminate(operator, await tenancy.scope(a, {}, backendOf))
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
})

t.test('a connection that is given back inside a transaction is not lent again', async t => {
  const { pool, tenancy } = database
  const first = await connect(pool)
  const { rows } = await first.query('select pg_backend_pid() as pid')
  const [{ pid }] = rows
  release(first)
  t.equal(await backendOf(tenancy.control), pid, 'one that is clean is lent again')

  const second = await connect(pool)
  await second.query('begin')
  await second.query("insert into users values (gen_random_uuid(), 'half@example.com', 'Half', '')")
  release(second)
  t.not(await backendOf(tenancy.control), pid)
  const { rows: users } = await tenancy.control.execute(sql`select from users where email = 'half@example.com'`)
  t.strictSame(users, [], 'and the next borrower does not commit it')
})

t.test('a connection that is given back inside a failed transaction is not lent again', async t => {
  const { pool, tenancy } = database
  const pid = await backendOf(tenancy.control)
  const client = await connect(pool)
  await client.query('begin')
  await t.rejects(client.query('select 1 / 0'), { code: '22012' })
  release(client)
  t.not(await backendOf(tenancy.control), pid)
})

t.test('connections have an end, for a backend keeps the catalogue of every tenant it touched', async t => {
  const { maxLifetimeSeconds, maxUses } = database.pool.options as { maxLifetimeSeconds: number; maxUses: number }
  t.ok(maxLifetimeSeconds > 0 && maxLifetimeSeconds <= 1_800)
  t.ok(maxUses > 0 && maxUses <= 5_000)
})

t.test('an operator sees whose connection it is', async t => {
  const pool = createPool({ connectionString: database.appUrl, max: 1, applicationName: 'a name' })
  t.teardown(() => pool.end())
  const { rows } = await pool.query("select current_setting('application_name') as name")
  t.strictSame(rows, [{ name: 'a name' }])
})
