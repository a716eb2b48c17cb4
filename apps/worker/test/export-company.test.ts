import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { companies } from '@spintrack/database/public/companies'
import { testDatabase } from '@spintrack/database/testing'
import { importCompany } from '@spintrack/domain/archives'
import { type Company, companyColumns, openCompany } from '@spintrack/domain/company'
import { deleteExpiredExports, runExport } from '@spintrack/domain/export-job'
import { deleteExport, getExport, readExport, requestExport } from '@spintrack/domain/exports'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { type Made, newCompany } from './support/companies.ts'
import { startWorkerProcess } from './support/start.ts'
import { until } from './support/until.ts'
import { withRunner } from './support/with-runner.ts'

const database = await testDatabase(t)
const { owner, tenancy, blueprint } = database
const days = ['2026-01-05T10:00:00Z', '2026-01-06T10:00:00Z']

t.test('an archive that people ask for is made by a job, downloaded whole, and imported', async t => {
  const made = await newCompany(database, days)
  const company = await open(made)
  const { id, state } = await requestExport(company)
  t.equal(state, 'waiting')
  await withRunner(t, database, () => until(async () => (await getExport(company, id)).state === 'done'))
  const found = await getExport(company, id)
  const bytes = await download(company, id)
  t.equal(bytes.length, found.sizeBytes)
  t.equal(createHash('sha256').update(bytes).digest('hex'), found.sha256)
  t.ok(Date.parse(found.expiresAt ?? '') > Date.now())

  const file = join(t.testdir(), 'company.zip')
  await writeFile(file, bytes)
  await t.rejects(importCompany(owner, blueprint, file, {}), { code: 'slug_taken', message: /--slug/ })
  await t.rejects(importCompany(owner, blueprint, file, { slug: 'imported', owner: ' IDA@example.org ' }), {
    code: 'not_found',
    message: /^ida@example.org has no account here/,
  })
})

t.test('an imported company is the same for its people', async t => {
  const made = await newCompany(database, days)
  const company = await open(made)
  const { id } = await requestExport(company)
  await runExport(tenancy, made, id)
  const file = join(t.testdir(), 'company.zip')
  await writeFile(file, await download(company, id))
  const imported = await importCompany(owner, blueprint, file, { slug: `imported-${made.companyId.slice(-6)}` })
  t.match(imported.rows, { members: 1, spinners: 1, spins: 2 })
  t.notOk('exports' in imported.rows, 'archives are not archived')
  t.strictSame(imported.unknown, [])
  const { rows } = await owner.query(
    `select t.name, role, member_id, t.state from companies c join tenants t on t.name = c.tenant
     join memberships m on m.company_id = c.id where c.id = $1`,
    [imported.id],
  )
  t.match(rows, [{ role: 'owner', member_id: made.memberId, state: 'ready' }])
  const spins = (name: string) => owner.query(`select * from "${name}".spins order by id`)
  t.strictSame((await spins(rows[0].name)).rows, (await spins(made.name)).rows)
})

t.test('people without an account are told, and somebody who has one must own it', async t => {
  const made = await newCompany(database, days)
  const company = await open(made)
  const { id } = await requestExport(company)
  await runExport(tenancy, made, id)
  const file = join(t.testdir(), 'company.zip')
  await writeFile(file, await download(company, id))
  await owner.query('update users set email = $2 where id = (select user_id from memberships where company_id = $1)', [
    made.companyId,
    `${made.companyId}@moved.example`,
  ])
  const slug = `other-${made.companyId.slice(-6)}`
  await t.rejects(importCompany(owner, blueprint, file, { slug }), { code: 'not_found', message: /--owner/ })
  const imported = await importCompany(owner, blueprint, file, { slug, owner: `${made.companyId}@moved.example` })
  t.strictSame(imported.joined, [`${made.companyId}@moved.example`])
  t.equal(imported.unknown.length, 1)
  const { rows } = await owner.query('select tenant from companies where id = $1', [imported.id])
  const people = await owner.query(`select left_at is null as here from "${rows[0].tenant}".members order by 1`)
  t.strictSame(people.rows, [{ here: false }, { here: true }])
})

t.test('a worker killed in the middle of an archive leaves it to another, which makes it once', async t => {
  const made = await newCompany(database, days)
  const company = await open(made)
  const lock = await owner.connect()
  t.teardown(() => lock.release(true))
  const { id } = await requestExport(company)
  await owner.query(`insert into "${made.name}".export_chunks values ($1, 7, 'of an earlier try')`, [id])
  await lock.query(`begin; lock table "${made.name}".spins`)
  const child = startWorkerProcess(database)
  t.teardown(() => child.kill('SIGKILL'))
  await until(async () => (await getExport(company, id)).state === 'running')
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  await lock.query('rollback')
  await withRunner(t, database, () => until(async () => (await getExport(company, id)).state === 'done'), {
    graceMs: 0,
  })
  const { sizeBytes, sha256 } = await getExport(company, id)
  const bytes = await download(company, id)
  t.strictSame([bytes.length, createHash('sha256').update(bytes).digest('hex')], [sizeBytes, sha256])
  const { rows } = await owner.query(`select sum(length(data))::int as n from "${made.name}".export_chunks`)
  t.equal(rows[0].n, sizeBytes, 'no piece of an earlier try is left')
})

t.test('two workers at once do not mix one archive out of two', async t => {
  const made = await newCompany(database, days)
  const company = await open(made)
  const { id } = await requestExport(company)
  const lock = await owner.connect()
  t.teardown(() => lock.release(true))
  await lock.query(`begin; lock table "${made.name}".spins`)
  const first = runExport(tenancy, made, id)
  await until(async () => (await getExport(company, id)).state === 'running')
  await t.rejects(runExport(tenancy, made, id), { name: 'ExportUnderWay' })
  t.match(await getExport(company, id), { state: 'running', error: null })
  await lock.query('rollback')
  await first
  await runExport(tenancy, made, id)
  const { state, sha256 } = await getExport(company, id)
  t.equal(state, 'done')
  t.equal(
    createHash('sha256')
      .update(await download(company, id))
      .digest('hex'),
    sha256,
    'and a job run again leaves it',
  )
})

t.test('pieces that were taken away meanwhile do not make an archive', async t => {
  const made = await newCompany(database, days)
  const company = await open(made)
  const { id } = await requestExport(company)
  await owner.query(`create rule taken as on insert to "${made.name}".export_chunks do instead nothing`)
  await t.rejects(runExport(tenancy, made, id), { name: 'ExportUnderWay' })
  t.match(await getExport(company, id), { state: 'running', sizeBytes: null })
})

t.test('one that fails says so, one that was deleted is given up, one that expired goes', async t => {
  const made = await newCompany(database, days)
  const company = await open(made)
  const [failing, deleted, expired] = [
    await requestExport(company),
    await requestExport(company),
    await requestExport(company),
  ]
  await runExport(tenancy, made, expired.id)
  await owner.query(
    `alter table "${made.name}".spins rename to elsewhere; revoke all on "${made.name}".elsewhere from "${made.name}"`,
  )
  await t.rejects(runExport(tenancy, made, failing.id))
  t.match(await getExport(company, failing.id), { state: 'failed', error: 'The archive could not be made.' })
  await deleteExport(company, deleted.id)
  await runExport(tenancy, made, deleted.id)
  await owner.query(`update "${made.name}".exports set expires_at = now() where id = $1`, [expired.id])
  await t.rejects(download(company, expired.id), { code: 'export_expired' })
  await tenancy.scope(made, {}, deleteExpiredExports)
  await t.rejects(getExport(company, expired.id), { code: 'not_found' })
})

async function open({ name: tenant, companyId, memberId }: Made): Promise<Company> {
  const [row] = await tenancy.control.select(companyColumns).from(companies).where(eq(companies.id, companyId))
  if (!row) throw new Error('The company that was just made is not there')
  return openCompany(tenancy, {
    ...row,
    tenant,
    memberId,
    role: 'owner',
    state: 'ready',
    tenantVersion: blueprint.migrations.length,
  })
}

async function download(company: Company, id: string): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of readExport(company, id)) pieces.push(piece)
  return Buffer.concat(pieces)
}
