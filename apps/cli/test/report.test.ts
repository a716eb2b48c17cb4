import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { run } from './support/command.ts'
import { newCompanies } from './support/companies.ts'

const database = await testDatabase(t)
const { owner } = database
const logins = { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl }
const env = { ...logins, DATABASE_REPORTING_URL: database.reportingUrl }
const tenants = await newCompanies(database, ['acme', 'bolt'])
await owner.query(`insert into "${tenants.acme}".spinners (id, serial_number, name) values (gen_random_uuid(), '1', 'S');
  insert into "${tenants.acme}".spins (id, spinner_id, member_id, started_at, duration_ms)
  select gen_random_uuid(), s.id, m.id, '2026-01-02T03:04:05.678Z', n * 50000
  from "${tenants.acme}".spinners s, "${tenants.acme}".members m, generate_series(1, 2) n`)

const acme = {
  slug: 'acme',
  name: '=ACME, "Inc."',
  spins: 2,
  averageDurationMs: 75000,
  lastSpinAt: '2026-01-02T03:04:05.678Z',
}
const bolt = { slug: 'bolt', name: '=BOLT, "Inc."', spins: 0, averageDurationMs: null, lastSpinAt: null }

t.test('the spins of each company as a table, CSV or JSON', async t => {
  const [table, csv, json] = await Promise.all([
    run(['report', 'spins'], env),
    run(['report', 'spins', '--format', 'csv'], env),
    run(['report', 'spins', '--format', 'json', '--company', 'bolt', '--company', 'acme'], env),
  ])
  t.match(table, {
    code: 0,
    out: /^SLUG +NAME +SPINS +AVERAGE +LAST SPIN\nacme +=ACME, "Inc." +2 +1 min 15 s +2026-01-02T03:04:05.678Z\nbolt +=BOLT, "Inc." +0\n$/,
  })
  t.strictSame(csv, {
    code: 0,
    err: '',
    out: [
      'slug,name,spins,average_duration_ms,last_spin',
      `acme,"'=ACME, ""Inc.""",2,75000,2026-01-02T03:04:05.678Z`,
      `bolt,"'=BOLT, ""Inc.""",0,,`,
      '',
    ].join('\r\n'),
  })
  t.strictSame({ ...json, out: JSON.parse(json.out) }, { code: 0, err: '', out: [bolt, acme] })
})

t.test('what cannot be reported is said, with what to do', async t => {
  await owner.query(`alter table "${tenants.acme}".spins rename to gone`)
  const [partial, bare, unknown] = await Promise.all([
    run(['report', 'spins', '--format', 'json'], env),
    run(['report', 'spins'], logins),
    run(['report', 'spins', '--company', 'nobody'], env),
  ])
  t.match(partial, { code: 1, err: /^acme could not be asked: relation .* does not exist\n$/ })
  t.strictSame(JSON.parse(partial.out), [bolt])
  t.match(bare, {
    code: 1,
    err: /^DATABASE_REPORTING_URL: expected[\s\S]*export DATABASE_REPORTING_URL=[\s\S]*migrate/,
  })
  t.match(unknown, { code: 1, err: /"nobody".*spintrack companies list/ })
})
