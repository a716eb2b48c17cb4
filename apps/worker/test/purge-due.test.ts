import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { purgeWhatIsDue } from '../src/tasks/purge-due.ts'
import { newCompany } from './support/companies.ts'
import { courier } from './support/courier.ts'

t.test('what is due is purged, and what could not be is told', async t => {
  const database = await testDatabase(t)
  const { owner } = database
  const [due, stuck, staying] = [await newCompany(database), await newCompany(database), await newCompany(database)]
  await owner.query(`update companies set delete_after = now() where tenant = any($1)`, [[due.name, stuck.name]])
  await owner.query(`create function refuse() returns trigger language plpgsql as 'begin raise ''not yet''; end'`)
  await owner.query(
    `create trigger refuse before delete on companies for each row when (old.tenant = '${stuck.name}') execute function refuse()`,
  )
  await t.rejects(purgeWhatIsDue({ ...database, courier }), { message: `${stuck.name} could not be purged: not yet` })
  const left = await owner.query('select tenant from companies order by id')
  t.strictSame(left.rows, [{ tenant: stuck.name }, { tenant: staying.name }])
  await owner.query('drop trigger refuse on companies')
  await purgeWhatIsDue({ ...database, courier })
  t.strictSame((await owner.query('select tenant from companies')).rows, [{ tenant: staying.name }])
})
