import { once } from 'node:events'
import { listJobs, retryJobs } from '@spintrack/database/jobs'
import { testDatabase } from '@spintrack/database/testing'
import { addJob } from '@spintrack/domain/jobs'
import type { Tenant } from '@spintrack/tenancy/tenancy'
import t from 'tap'
import { everyNight } from '../src/tasks/nightly.ts'
import { newCompany, summaries } from './support/companies.ts'
import { courier } from './support/courier.ts'
import { startWorkerProcess } from './support/start.ts'
import { until } from './support/until.ts'
import { withRunner } from './support/with-runner.ts'

const database = await testDatabase(t)
const { owner, tenancy } = database

t.test('every company is rolled up, and one that fails stops no other', async t => {
  const companies = [
    await newCompany(database, ['2026-01-05T23:59:59Z', '2026-01-06T00:00:00Z', '2026-01-06T12:00:00Z']),
  ]
  companies.push(await newCompany(database, ['2026-02-01T08:00:00Z']))
  const broken = await newCompany(database)
  await owner.query(`alter table "${broken.name}".daily_summaries rename to elsewhere`)
  await everyNight({ ...database, courier })
  await withRunner(t, database, async () => {
    await until(async () => (await jobsOf(broken)).every(({ state }) => state === 'retrying'))
    await until(async () => (await jobsOf(...companies)).length === 0)
  })
  t.strictSame(await summaries(database, companies[0] as Tenant), ['2026-01-05 1 1500', '2026-01-06 2 3000'])
  t.strictSame(await summaries(database, companies[1] as Tenant), ['2026-02-01 1 1500'])

  await owner.query('update graphile_worker._private_jobs set attempts = max_attempts - 1, run_at = now()')
  await withRunner(t, database, () => until(async () => (await jobsOf(broken)).some(({ state }) => state === 'failed')))
  const [failed] = await listJobs(owner, { states: ['failed'] })
  t.match(failed, {
    task: 'nightly',
    tenant: broken.name,
    attempts: 5,
    maxAttempts: 5,
    error: 'relation "daily_summaries" does not exist',
  })

  await owner.query(`alter table "${broken.name}".elsewhere rename to daily_summaries`)
  t.strictSame(await retryJobs(owner, ['0']), [], 'a job that did not fail is left alone')
  t.strictSame(await retryJobs(owner), [failed?.id])
  await withRunner(t, database, () => until(async () => (await jobsOf(broken)).length === 0))
})

t.test('a roll-up follows what was changed and deleted, and leaves today for tomorrow', async t => {
  const company = await newCompany(database, ['2026-01-05T10:00:00Z', '2026-01-06T10:00:00Z', new Date().toISOString()])
  const rollUp = () => withRunner(t, database, () => until(async () => (await jobsOf(company)).length === 0))
  await addJob(tenancy.control, company.name, { name: 'nightly', payload: {} })
  await rollUp()
  t.strictSame(await summaries(database, company), ['2026-01-05 1 1500', '2026-01-06 1 1500'])
  await owner.query(`delete from "${company.name}".spins where started_at < '2026-01-06'`)
  await owner.query(`update "${company.name}".spins set duration_ms = 9`)
  await addJob(tenancy.control, company.name, { name: 'nightly', payload: {} })
  await rollUp()
  t.strictSame(await summaries(database, company), ['2026-01-06 1 9'])
})

t.test('a job is there when its transaction committed, and not when it did not', async t => {
  const company = await newCompany(database)
  const failure = tenancy.transaction(async db => {
    await addJob(db, company.name, { name: 'nightly', payload: {} })
    throw new Error('changed my mind')
  })
  await t.rejects(failure, { message: 'changed my mind' })
  t.strictSame(await jobsOf(company), [])
  await tenancy.transaction(db => addJob(db, company.name, { name: 'nightly', payload: {}, key: 'once' }))
  await tenancy.transaction(db => addJob(db, company.name, { name: 'nightly', payload: {}, key: 'once' }))
  t.match(await jobsOf(company), [{ state: 'waiting', task: 'nightly' }], 'and one of the same key is not doubled')
})

t.test('the app login can add a job and see or take away none', async t => {
  for (const statement of [
    'select * from graphile_worker._private_jobs',
    'delete from graphile_worker._private_jobs',
    "select graphile_worker.add_job('nightly')",
    "select graphile_worker.force_unlock_workers('{}')",
  ]) {
    await t.rejects(database.pool.query(statement), { code: '42501' }, statement)
  }
  const company = await newCompany(database)
  const inside = tenancy.scope(company, {}, db => addJob(db as never, company.name, { name: 'nightly', payload: {} }))
  await t.rejects(inside, 'and a tenant cannot even add one')
})

t.test('a company that is not open is passed over, one that is gone forgotten', async t => {
  const suspended = await newCompany(database, ['2026-01-05T10:00:00Z'])
  const gone = { name: 't_00000000000000000000' }
  await owner.query("update tenants set state = 'suspended' where name = $1", [suspended.name])
  for (const { name } of [suspended, gone]) await addJob(tenancy.control, name, { name: 'nightly', payload: {} })
  await withRunner(t, database, () => until(async () => (await jobsOf(suspended, gone)).length === 0))
  t.strictSame(await summaries(database, suspended), [])
})

t.test('jobs of a worker that was killed are done by another, once', async t => {
  const company = await newCompany(database, ['2026-01-05T10:00:00Z'])
  const lock = await owner.connect()
  t.teardown(() => lock.release(true))
  await lock.query(`begin; lock table "${company.name}".daily_summaries`)
  await addJob(tenancy.control, company.name, { name: 'nightly', payload: {} })

  const child = startWorkerProcess(database)
  t.teardown(() => child.kill('SIGKILL'))
  await until(async () => (await jobsOf(company)).some(({ state }) => state === 'running'))
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  await lock.query('rollback')
  t.match(await jobsOf(company), [{ state: 'running' }], 'the dead worker still has it')

  await withRunner(t, database, () => until(async () => (await jobsOf(company)).length === 0), { graceMs: 0 })
  t.strictSame(await summaries(database, company), ['2026-01-05 1 1500'])
})

async function jobsOf(...tenants: Tenant[]) {
  const names = tenants.map(({ name }) => name)
  return (await listJobs(owner)).filter(({ tenant }) => tenant !== null && names.includes(tenant))
}
