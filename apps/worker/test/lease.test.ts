import { testDatabase } from '@spintrack/database/testing'
import { createPool } from '@spintrack/tenancy/pool'
import t from 'tap'
import { keepLeases, type Leases } from '../src/lease.ts'
import { until } from './support/until.ts'

const database = await testDatabase(t)
const { owner } = database
const isTaken = async () => {
  const { rows } = await owner.query('select locked_by from graphile_worker._private_jobs')
  return rows[0].locked_by !== null
}

t.beforeEach(async () => {
  await owner.query(`
    delete from graphile_worker._private_jobs;
    select add_job('nightly', '{}', null, null, 3);
    update graphile_worker._private_jobs set locked_at = now() - interval '1 day', locked_by = 'worker-of-a'`)
})

t.test('a job is left to its worker for as long as that lives, and given to others after', async t => {
  const a = process(t)
  a.leases.add('worker-of-a')
  await until(async () => (await holders(owner)).length === 1)
  const b = process(t)
  await until(async () => b.looks() > 2)
  t.ok(await isTaken(), 'the other process has looked, and left it')
  await a.leases.stop()
  await until(async () => !(await isTaken()))
})

t.test('a job that has just been taken is not looked at: its worker may still be coming', async t => {
  const b = process(t, { graceMs: 2 * 24 * 60 * 60 * 1000 })
  await until(async () => b.looks() > 2)
  t.ok(await isTaken())
})

t.test('the lock is taken again when its connection was lost', async t => {
  const a = process(t, { everyMs: 5 })
  a.leases.add('worker-of-a')
  let pid: number | undefined
  await until(async () => {
    const before = pid
    ;[pid] = await holders(owner)
    return pid !== undefined && pid === before
  })
  const operator = createPool({ connectionString: database.superuserUrl, max: 1 })
  t.teardown(() => operator.end())
  await operator.query('select pg_terminate_backend($1)', [pid])
  await until(async () => {
    const [now] = await holders(owner)
    return now !== undefined && now !== pid
  })
  t.ok(a.errors.length > 0, 'and the loss was told')
})

/** What a worker process has: leases over a pool of its own. */
function process(t: { teardown(work: () => unknown): void }, options: { graceMs?: number; everyMs?: number } = {}) {
  const pool = createPool({ connectionString: database.ownerUrl })
  const errors: unknown[] = []
  let looks = 0
  const counted = new Proxy(pool, {
    get: (target, name) => {
      if (name === 'query') looks++
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const leases: Leases = keepLeases({
    owner: counted,
    everyMs: 20,
    graceMs: 0,
    onError: e => errors.push(e),
    ...options,
  })
  t.teardown(async () => {
    await leases.stop()
    await pool.end()
  })
  return { leases, errors, looks: () => looks }
}

/** The backends that hold a worker's lock in this test's database. */
async function holders(pool: typeof owner): Promise<number[]> {
  const { rows } = await pool.query<{ pid: number }>(
    `select pid from pg_locks l join pg_database d on d.oid = l.database
     where locktype = 'advisory' and classid = 7305813 and objsubid = 2 and datname = current_database()`,
  )
  return rows.map(({ pid }) => pid)
}
