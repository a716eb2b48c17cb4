import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { reason } from '../src/errors.ts'
import { newTenant } from './support/tenants.ts'

t.test('the reason of a failed query has none of its values', async t => {
  const database = await testDatabase(t)
  const tenant = await newTenant(database)
  const fail = (query: ReturnType<typeof sql>) =>
    database.tenancy.scope(tenant, {}, db => db.execute(query)).then(() => t.fail('it went through'), reason)
  t.equal(await fail(sql`select 1 from nowhere where name = ${'secret'}`), 'relation "nowhere" does not exist')
  t.equal(await fail(sql`select ${'secret'}::int`), 'PostgreSQL cannot take a value (22P02)')
  t.match(
    await fail(sql`insert into members (id, name) select id, ${'secret'} from members`),
    /^duplicate key value violates unique constraint "members_pkey"$/,
  )
})

t.test('what is no error of a query says what it says', async t => {
  t.equal(reason(new Error('outer', { cause: new Error('inner') })), 'inner')
  t.equal(reason('a text'), 'a text')
})
