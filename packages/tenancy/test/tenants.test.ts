import { testDatabase } from '@spintrack/database/testing'
import { getTableConfig } from 'drizzle-orm/pg-core'
import t from 'tap'
import { newTenantName } from '../src/names.ts'
import { tenantStates, tenants } from '../src/tenants.ts'

const { owner } = await testDatabase(t)
// Rows without a role, which the clean-up of the database would miss.
t.teardown(() => owner.query('delete from tenants where version = 0'))

const insert = (name: string, state: string) =>
  owner.query('insert into tenants (name, state, version) values ($1, $2, 0)', [name, state])

t.test('every state can be stored, and nothing that is none', async t => {
  for (const state of tenantStates) await t.resolves(insert(newTenantName(), state), state)
  await t.rejects(insert(newTenantName(), 'asleep'), { code: '23514', constraint: 'tenants_state_check' })
})

t.test('the database itself refuses what is no tenant name', async t => {
  for (const name of ['public', 't_short', 'T_0123456789AB', 't_0123456789ab"; drop schema public; --']) {
    await t.rejects(insert(name, 'ready'), { code: '23514', constraint: 'tenants_name_check' }, name)
  }
})

t.test('the table in the database is the table in the code', async t => {
  const { rows } = await owner.query(
    "select conname as name from pg_constraint where conrelid = 'public.tenants'::regclass and contype = 'c' order by 1",
  )
  const { checks, columns, indexes } = getTableConfig(tenants)
  t.strictSame(
    rows,
    checks.map(({ name }) => ({ name })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  )
  const found = await owner.query(
    "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = 'tenants'",
  )
  t.strictSame(new Set(found.rows.map(({ name }) => name)), new Set(columns.map(({ name }) => name)))
  t.strictSame(
    indexes.map(({ config }) => config.name),
    ['tenants_standby_index'],
  )
})
