import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { tenantVersion } from '@spintrack/database/blueprint'
import { tableNames } from '@spintrack/database/grants'
import { examine } from '@spintrack/tenancy/doctor'
import t from 'tap'
import { startApi } from './support/api.ts'

const script = fileURLToPath(new URL('support/founding.ts', import.meta.url))
// Each kill interrupts four companies in the making; starting the process is what takes the time.
const rounds = 3
const atOnce = 2

t.test('killed between any two steps of creating companies, nothing is left half-made', async t => {
  const api = await startApi(t)
  for (let round = 0; round < rounds; round++) {
    await Promise.all(Array.from({ length: atOnce }, (_, index) => killedAfter(round * atOnce + index)))
  }

  const { owner } = api.database
  const findings = await examine(owner, { appLogin: 'spintrack_app', version: tenantVersion, tables: tableNames })
  t.strictSame(
    findings.filter(({ problem }) => /Tenant|Schema/.test(problem)),
    [],
    'no tenant without a schema, nor a schema without a tenant',
  )

  const companies = await api.sql<{
    id: string
    tenant: string
    state: string
    memberships: number
    member_id: string
  }>(
    `select c.id, c.tenant, t.state, (select count(*)::int from memberships m where m.company_id = c.id) as memberships,
     (select member_id from memberships m where m.company_id = c.id and role = 'owner') as member_id
     from companies c join tenants t on t.name = c.tenant`,
  )
  t.not(companies.length, 0, 'some were made')
  for (const { id, tenant, state, memberships, member_id } of companies) {
    const members = await api.sql(`select id from "${tenant}".members`)
    t.strictSame([state, memberships, members], ['ready', 1, [{ id: member_id }]], id)
  }
  const others = await api.sql(
    'select state, count(*)::int as count from tenants where name not in (select tenant from companies) group by 1',
  )
  t.strictSame(
    others.map(({ state }) => state),
    ['standby'],
    'every other tenant still stands by',
  )

  const ada = await api.founder()
  await ada.get('/spinners').expect(200)

  /** Starts the script and kills it some time after its first company, each time a little later. */
  async function killedAfter(turn: number): Promise<void> {
    const child = spawn(process.execPath, ['--import', 'tsx', script, api.database.appUrl], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.teardown(async () => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    const due = process.hrtime.bigint() + BigInt(Math.round(turn * 7e6 + Math.random() * 7e6))
    while (process.hrtime.bigint() < due) await new Promise(setImmediate)
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})
