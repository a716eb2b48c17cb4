import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tenantVersion } from '@spintrack/database/blueprint'
import { migrateFleet } from '@spintrack/tenancy/fleet'
import { latestRuns } from '@spintrack/tenancy/fleet-status'
import { provision } from '@spintrack/tenancy/provision'
import t from 'tap'
import { addSpinner, type Founder, startApi } from './support/api.ts'
import { bundle } from './support/bundle.ts'
import { nextBuild } from './support/next-build.ts'

// Each of the points of two turns and a half, twice.
const points = Array.from({ length: 20 }, (_, kill) => 1 + (kill % 10))
const fleet = 30
const people = 2

const script = bundle('migrator.ts', t.testdir())

// The build that is about to be: it serves tenants that are migrated and those that are not yet.
const api = await startApi(t, { connections: 6, tenantVersion: tenantVersion + 1 })
const { owner, ownerUrl, blueprint } = api.database

t.test('a fleet whose migrator is killed again and again gets there, and nobody inside notices', async t => {
  const founders = []
  for (let made = 0; made < people; made++) founders.push(await api.founder())
  for (let made = people; made < fleet; made++) await provision(owner, blueprint)

  const traffic = startTraffic(founders)
  const waiting: ChildProcess[] = []
  for (let turn = 0; turn < points.length; turn++) {
    // Started two turns ahead, since that takes longer than what they do.
    waiting.push(...points.slice(turn + waiting.length, turn + 3).map(point => migrator(t, point)))
    const child = waiting.shift() as ChildProcess
    const exit = once(child, 'exit')
    child.stdin?.end(JSON.stringify(blueprint))
    t.strictSame(await exit, [null, 'SIGKILL'])
  }
  const runs = await latestRuns(owner, 2)
  t.match(runs, [{ state: 'running' }], 'one run, taken up every time')
  t.equal(runs.length, 1)
  t.match(await migrateFleet({ owner, blueprint: nextBuild(blueprint) }), { outcome: 'done', run: { id: runs[0]?.id } })
  const { answers, odd, longest } = await traffic.stop()

  t.strictSame(odd, [], 'no answer of 5xx but tenant_upgrading')
  t.ok(longest < 2_000, `the longest answer took ${longest} ms`)
  t.ok(answers > 100, `${answers} requests`)
  const tenants = await api.sql('select name, state, version from tenants')
  // Whoever keeps tenants standing by is of the build before, and may have made some since.
  t.ok(tenants.every(({ state, version }) => version === tenantVersion + 1 || state === 'standby'))
  const migrated = tenants.filter(({ version }) => version === tenantVersion + 1)
  t.ok(migrated.length >= fleet, `${migrated.length} tenants`)
  for (const { name } of migrated) {
    const [row] = await api.sql<{ upgrades: number }>(`select count(*)::int as upgrades from "${name}".upgrades`)
    t.equal(row?.upgrades, 1, 'exactly once')
  }
  for (const founder of founders) await founder.get('/spinners').expect(200)
})

/** A process that waits for its build, migrates the fleet to it, and dies at that point of the work. */
function migrator(t: { teardown(work: () => unknown): void }, point: number): ChildProcess {
  // Not tap's environment: it would load tap into each.
  const env = { PATH: process.env.PATH }
  const child = spawn(process.execPath, [script, ownerUrl, String(point)], {
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

/** Everyone works in their company, one request after another, until `stop`. */
function startTraffic(founders: Founder[]) {
  const odd: unknown[] = []
  let answers = 0
  let longest = 0
  let running = true
  const work = async (founder: Founder) => {
    const spinner = await addSpinner(founder)
    const requests = [
      () => founder.get('/spinners'),
      () => founder.post('/spins', { spinnerId: spinner.id, durationMs: 1 }),
      () => founder.get('/statistics/summary'),
      () => founder.patch(`/spinners/${spinner.id}`, { name: 'Turning' }),
      () => founder.get('/members'),
    ]
    for (let turn = 0; running; turn++) {
      const began = performance.now()
      const answer = await requests[turn % requests.length]?.()
      longest = Math.max(longest, performance.now() - began)
      answers++
      if (!answer || (answer.status >= 400 && answer.code !== 'tenant_upgrading')) odd.push(answer?.text)
    }
  }
  const ends = founders.map(work)
  return {
    async stop() {
      running = false
      await Promise.all(ends)
      return { answers, odd, longest }
    },
  }
}
