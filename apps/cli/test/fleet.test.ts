import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { testDatabase } from '@spintrack/database/testing'
import { newId } from '@spintrack/domain/ids'
import type { Run } from '@spintrack/tenancy/fleet-status'
import { provision } from '@spintrack/tenancy/provision'
import t from 'tap'
import { describeResult, tenantsOf } from '../src/fleet.ts'
import { launch, run } from './support/command.ts'

const database = await testDatabase(t)
const { owner, ownerUrl, appUrl, reportingUrl, blueprint } = database
const env = { DATABASE_URL: ownerUrl, DATABASE_APP_URL: appUrl, DATABASE_REPORTING_URL: reportingUrl }

// Companies that the first build made.
const { members, spinners, spins } = blueprint.grants as Record<string, string>
const first = {
  ...blueprint,
  migrations: blueprint.migrations.slice(0, 1),
  grants: { members, spinners, spins } as Record<string, string>,
  reportingTables: ['members', 'spinners', 'spins'],
}
const { rows: spare } = await owner.query('delete from tenants returning name')
for (const { name } of spare) await owner.query(`drop schema "${name}" cascade`)
const tenants: Record<string, string> = {}
for (const slug of ['acme', 'beta', 'cyan', 'odd']) {
  const { name } = await provision(owner, first)
  await owner.query("update tenants set state = 'ready' where name = $1", [name])
  await owner.query('insert into companies (id, tenant, slug, name) values ($1, $2, $3, $3)', [newId(), name, slug])
  tenants[slug] = name
}
await owner.query(`create table "${tenants.odd}".files ()`)

const versions = async () =>
  (await owner.query('select slug, t.version from companies join tenants t on t.name = tenant order by slug')).rows
const newest = blueprint.migrations.length

t.test('what would be done can be read before, and is not done', async t => {
  const { code, out } = await run(['migrate', '--dry-run', '--company', 'acme', 'odd'], env)
  t.equal(code, 0)
  t.match(
    out,
    /^At version 1:\n {2}(acme\n {2}odd|odd\n {2}acme)\nEach would get:\n-- 0001_fleet\nCREATE TABLE "daily_summaries"/,
  )
  t.ok((await versions()).every(({ version }) => version === 1))
})

t.test('companies are migrated by name, and one that does not exist is named', async t => {
  t.match(await run(['fleet', 'migrate', '--company', 'acme'], env), {
    code: 0,
    out: `Done. Companies and spare tenants: 1 migrated to version ${newest}, 0 failed, 0 waiting.\n`,
    err: /^1\/1 companies and spare tenants, 0 failed, [\d.]+ per second, 0 s left\n$/,
  })
  t.strictSame(
    (await versions()).map(({ version }) => version),
    [newest, 1, 1, 1],
  )
  await t.rejects(tenantsOf(database, ['acme', 'nobody']), { message: /^There is no company nobody\./ })
})

t.test('a result says what to do next', async t => {
  const turns = { waiting: 2, running: 0, done: 1, failed: 1 }
  const run: Run = { id: '', state: 'halted', version: 2, startedAt: new Date(), finishedAt: null, ...turns }
  const turn = { fromVersion: 1, toVersion: 2, attempt: 3, durationMs: 40, error: 'why' }
  const failed = [
    { ...turn, tenant: tenants.odd ?? '' },
    { ...turn, tenant: 't_spare0000000' },
  ]
  t.equal(
    await describeResult({ ...database, database }, { outcome: 'halted', run, failed }),
    `COMPANY         FROM  TO  STATE   ATTEMPTS  MS  ERROR
odd             1     2   failed  3         40  why
t_spare0000000  1     2   failed  3         40  why

Halted: a canary failed, so nobody else was touched. Mend the cause and run spintrack fleet migrate. Companies and spare tenants: 1 migrated to version 2, 1 failed, 2 waiting.
`,
  )
  for (const [outcome, text] of [
    ['paused', /^Paused\. Go on with spintrack fleet resume\./],
    ['stopped', /^Ended early\. Go on with spintrack fleet migrate\./],
  ] as const) {
    t.match(await describeResult({ ...database, database }, { outcome, run, failed: [] }), text)
  }
  t.match(await describeResult({ ...database, database }, { outcome: 'busy' }), /^Another process is migrating/)
})

t.test('start warns of a company that cannot follow, and serves the others', async t => {
  const child = launch(['start'], { ...env, PORT: '0', PUBLIC_URL: 'http://localhost' })
  t.teardown(() => child.kill('SIGKILL'))
  let warned = ''
  child.stderr.on('data', text => {
    warned += text
  })
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /running at (\S+)/.exec(line) ?? []
    if (!url) continue
    t.equal((await fetch(`${url}/health/ready`)).status, 200)
    break
  }
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  t.strictSame(await exit, [0, null])
  t.match(warned, /\nodd +1 +\d+ +failed +1 +\d+ +migration 0001_fleet: relation "files" already exists\n/)
  t.match(warned, /Some failed and stay at their version/)
  const behind = (await versions()).filter(({ version }) => version === 1)
  t.strictSame(behind, [{ slug: 'odd', version: 1 }])
})

t.test('status names who fails and why, and retry takes up those alone', async t => {
  t.match(await run(['fleet', 'status'], env), {
    code: 0,
    out: /; 1 behind it\.\n[\s\S]*\nodd +1 +migration 0001_fleet: relation "files" already exists\n[\s\S]*The last run:\n/,
  })
  await owner.query(`drop table "${tenants.odd}".files`)
  t.match(await run(['fleet', 'retry'], env), { code: 0, out: /^Done\..* 1 migrated/ })
  t.match(await run(['fleet', 'retry'], env), {
    code: 1,
    err: 'Nobody failed in the last run, so there is nothing to retry.\n',
  })
})

t.test('a run is paused and resumed, and stays in the list', async t => {
  await owner.query('insert into fleet_runs (id, state, version) values ($1, $2, $3)', [newId(), 'running', newest])
  t.match(await run(['fleet', 'pause'], env), { code: 0, out: /^The run is paused\./ })
  t.match(await run(['fleet', 'resume'], env), { code: 0, out: /^Done\./ })
  t.match(await run(['fleet', 'resume'], env), { code: 1, err: /^No run is paused/ })
  const { out } = await run(['fleet', 'runs'], env)
  t.match(out, /^STARTED +FINISHED +STATE +VERSION +DONE +FAILED +WAITING +RUNNING\n/)
  t.strictSame(
    out.split('\n').map(line => line.split(/ +/)[2]),
    ['STATE', 'done', 'done', 'failed', 'done', undefined],
  )
})

t.test('the control tables can be prepared alone', async t => {
  await owner.query('update tenants set version = 1 where name = $1', [tenants.acme])
  t.match(await run(['migrate', '--no-fleet'], env), { code: 0, out: '' })
  t.strictSame((await versions())[0], { slug: 'acme', version: 1 })
})
