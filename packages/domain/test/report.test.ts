import { openReporting } from '@spintrack/database/database'
import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { createCompany } from '../src/companies.ts'
import { newId } from '../src/ids.ts'
import { spinsReport } from '../src/report.ts'
import { addFounder } from './support/founder.ts'

const { owner, tenancy, reportingUrl } = await testDatabase(t)
const { control } = tenancy
const reporting = openReporting(reportingUrl)
t.teardown(() => reporting.end())
const founder = await addFounder(tenancy)

const tenants: Record<string, string> = {}
for (const slug of ['acme', 'bolt', 'cube', 'dune']) {
  const { id } = await createCompany(tenancy, founder, { name: slug.toUpperCase(), slug })
  const { rows } = await owner.query('select tenant from companies where id = $1', [id])
  tenants[slug] = rows[0].tenant
}
await spin('acme', '2026-01-02T00:00:00.000Z', 100)
await spin('acme', '2026-01-03T10:00:00.500Z', 201)
await spin('bolt', '2025-01-01T00:00:00.000Z', 7)
await state('bolt', 'suspended')
await state('dune', 'purging')

const acme = { slug: 'acme', name: 'ACME', spins: 2, averageDurationMs: 151, lastSpinAt: '2026-01-03T10:00:00.500Z' }
const bolt = { slug: 'bolt', name: 'BOLT', spins: 1, averageDurationMs: 7, lastSpinAt: '2025-01-01T00:00:00.000Z' }
const cube = { slug: 'cube', name: 'CUBE', spins: 0, averageDurationMs: null, lastSpinAt: null }

t.test('every company that is not on its way out is in the report, also one that never spun', async t => {
  t.strictSame(await spinsReport(control, reporting), { companies: [acme, bolt, cube], failed: [] })
})

t.test('named companies are reported in that order, whatever their state', async t => {
  const { companies } = await spinsReport(control, reporting, { slugs: ['cube', 'dune', 'acme', 'cube'] })
  t.strictSame(
    companies.map(({ slug }) => slug),
    ['cube', 'dune', 'acme'],
  )
  await t.rejects(spinsReport(control, reporting, { slugs: ['acme', 'nobody'] }), { code: 'company_not_found' })
})

t.test('a company that cannot be asked is named beside the others', async t => {
  await owner.query(`alter table "${tenants.acme}".spins rename to gone`)
  const { companies, failed } = await spinsReport(control, reporting)
  await owner.query(`alter table "${tenants.acme}".gone rename to spins`)
  t.strictSame(companies, [bolt, cube])
  t.match(failed, [{ slug: 'acme', name: 'ACME', error: { code: '42P01' } }])
})

async function spin(slug: string, startedAt: string, durationMs: number) {
  const spinner = newId()
  await owner.query(`insert into "${tenants[slug]}".spinners (id, serial_number, name) values ('${spinner}', '${spinner}', 'S');
    insert into "${tenants[slug]}".spins (id, spinner_id, member_id, started_at, duration_ms)
    select '${newId()}', '${spinner}', id, '${startedAt}', ${durationMs} from "${tenants[slug]}".members`)
}

function state(slug: string, state: string) {
  return owner.query('update tenants set state = $2 where name = $1', [tenants[slug], state])
}
