import { tenantVersion } from '@spintrack/database/blueprint'
import t from 'tap'
import { addSpinner, type Founder, startApi } from './support/api.ts'

// Requests that wait for one lock hold a connection each.
const api = await startApi(t, { connections: 4 })

t.test('what is not there yet in a company one version behind is no fault of ours', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const requests = everywhere(ada, spinner.id)
  const home = await homeOf(ada)
  for (const change of ['alter table spinners rename column model to make', 'alter table spinners rename to toys']) {
    await api.sql(`set search_path to "${home}"; ${change}; set search_path to default`)
    await api.sql('update tenants set version = $2 where name = $1', [home, tenantVersion - 1])
    for (const request of requests) {
      const { headers } = await request().expect('tenant_upgrading')
      t.match(headers['retry-after'], /^\d+$/)
    }
    await api.sql('update tenants set version = $2 where name = $1', [home, tenantVersion])
    for (const request of requests) await request().expect('internal')
  }
})

t.test('who waits in vain for a table behind a migration is told to come back', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const requests = everywhere(ada, spinner.id)
  const migration = await api.database.owner.connect()
  t.teardown(() => migration.release(true))
  await migration.query(`begin; lock table "${await homeOf(ada)}".spinners`)
  await Promise.all(requests.map(request => request().expect('tenant_upgrading')))
  await migration.query('rollback')
  for (const request of requests) await request().expect(200)
})

/** A read and a write that need the spinners. */
function everywhere(founder: Founder, spinnerId: string) {
  return [() => founder.get('/spinners'), () => founder.patch(`/spinners/${spinnerId}`, { name: 'Turning' })]
}

async function homeOf({ company }: Founder): Promise<string> {
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [company.id])
  return row?.tenant ?? ''
}
