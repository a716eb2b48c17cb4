import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { run } from './support/command.ts'
import { newCompanies } from './support/companies.ts'

// Few commands, since each is a process: what they do is tested where it is done.
const database = await testDatabase(t)
const env = {
  DATABASE_URL: database.ownerUrl,
  DATABASE_APP_URL: database.appUrl,
  DATABASE_REPORTING_URL: database.reportingUrl,
}
const companies = (...args: string[]) => run(['companies', ...args], env)
const tenants = await newCompanies(database, ['acme', 'other', 'third'])

t.test('an operator looks at a company, shuts it, and reads why another change cannot be', async t => {
  const [shown, suspended] = await Promise.all([companies('show', 'acme'), companies('suspend', 'acme')])
  t.match(shown, {
    code: 0,
    out: new RegExp(`tenant +${tenants.acme}\n[\\s\\S]*on disk +\\d+ KiB\n[\\s\\S]*members +1 rows\n`),
  })
  t.match(suspended, { code: 0, out: / is suspended\.\n$/ })
  t.match(await companies('archive', 'acme'), { code: 1, err: /must be ready, but it is suspended.*resume\.\n$/ })
})

t.test('what is deleted goes at once or when it is due, and leaves certificates', async t => {
  const [later, now] = await Promise.all([
    companies('delete', 'other', '--yes'),
    companies('delete', 'third', '--yes', '--now'),
  ])
  t.match(later, { code: 0, out: /goes on \d{4}-.*companies undelete other\n$/ })
  t.match(now, { code: 0, out: new RegExp(`^Deleted.\n.*\n${tenants.third} `) })
  t.match(await companies('restore', 'other'), { code: 1, err: /companies undelete other\n$/ })
  await database.owner.query("update companies set delete_after = now() where slug = 'other'")
  t.match(await companies('purge'), { code: 0, out: new RegExp(`^TENANT .*\n${tenants.other} `) })
  const { out } = await companies('certificates', '--json')
  t.match(JSON.parse(out), [{ tenant: tenants.third }, { tenant: tenants.other, removed: { tables: { members: 1 } } }])
})

t.test('the doctor names what drifted, company by company, and repairs what is safe', async t => {
  const { acme } = tenants
  await database.owner.query(`drop index "${acme}".spins_started_index; create table "${acme}".notes ()`)
  const { code, out } = await run(['doctor', '--fleet', '--repair'], env)
  t.equal(code, 1)
  t.match(out, /^acme\n {2}table notes should not be there.*\n {4}by hand: drop it/)
  t.match(out, /index spins_started_index is missing.*\n {4}--repair runs: CREATE INDEX spins_started_index/)
  t.match(out, /After the repair 1 of 2 are left\.\nacme\n {2}table notes/)
  await database.owner.query(`drop table "${acme}".notes`)
  t.match(await run(['doctor', '--fleet'], env), { code: 0, out: 'Every tenant is as its migrations make it.\n' })
})
