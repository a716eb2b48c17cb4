import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import type { Blueprint } from '../src/provision.ts'
import { currentVersion, provision } from '../src/provision.ts'
import { upgradeTenants } from '../src/upgrade.ts'
import { newTenant } from './support/tenants.ts'

// Each test has a database of its own: an upgrade concerns every tenant.

t.test('tenants that are behind get the missing migrations, rights and version together', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t)
  const next = withBadges(blueprint)
  const { rows: behind } = await owner.query('select name from tenants')
  const ahead = await provision(owner, next)
  t.strictSame(await upgradeTenants(owner, next), { upgraded: behind.length, failed: [] })
  for (const tenant of [...behind, ahead]) {
    await tenancy.scope(tenant, {}, db => db.execute(sql`insert into badges values ('gold')`))
  }
  const { rows } = await owner.query('select distinct version from tenants')
  t.strictSame(rows, [{ version: currentVersion(next) }])
})

t.test('a tenant that is several versions behind gets each', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t)
  const [tenant] = (await owner.query('select name from tenants')).rows
  const next = more(withBadges(blueprint), 'alter table badges add column awarded_at date;')
  await upgradeTenants(owner, next)
  await t.resolves(tenancy.scope(tenant, {}, db => db.execute(sql`select awarded_at from badges`)))
})

t.test('one that fails keeps its version and its tables, says why, and stops no other', async t => {
  const database = await testDatabase(t)
  const { owner, blueprint } = database
  const { rows: others } = await owner.query('select name from tenants')
  const odd = await newTenant(database)
  await owner.query(`create table "${odd.name}".badges ()`)
  const next = more(withBadges(more(blueprint, 'alter table members add column half text')), 'select 1')
  const result = await upgradeTenants(owner, next)
  t.match(result, { upgraded: others.length, failed: [{ name: odd.name, error: { code: '42P07' } }] })
  t.equal(result.failed.length, 1)
  const state = () => owner.query('select version, last_error from tenants where name = $1', [odd.name])
  t.match((await state()).rows, [
    { version: currentVersion(blueprint), last_error: /relation "badges" already exists/ },
  ])
  const { rowCount } = await owner.query(
    "select from information_schema.columns where table_schema = $1 and column_name = 'half'",
    [odd.name],
  )
  t.equal(rowCount, 0, 'not even half of it')

  await owner.query(`drop table "${odd.name}".badges`)
  t.strictSame(await upgradeTenants(owner, next), { upgraded: 1, failed: [] }, 'and the next run mends it')
  t.same((await state()).rows, [{ version: currentVersion(next), last_error: null }])
})

t.test('a tenant in long use is left after two seconds', async t => {
  const database = await testDatabase(t)
  const { owner, blueprint } = database
  const busy = await newTenant(database)
  const reader = await owner.connect()
  t.teardown(() => reader.release(true))
  await reader.query(`begin; select from "${busy.name}".members`)
  const result = await upgradeTenants(owner, more(blueprint, 'alter table members add column nickname text'))
  t.match(result.failed, [{ name: busy.name, error: { code: '55P03' } }])
})

t.test('tenants on their way in or out are left alone, suspended and archived ones are not', async t => {
  const { owner, blueprint } = await testDatabase(t)
  const states = ['purging', 'provisioning', 'suspended', 'archived']
  const { rows } = await owner.query('select name from tenants order by name limit 4')
  for (const [index, state] of states.entries()) {
    await owner.query('update tenants set state = $2 where name = $1', [rows[index].name, state])
  }
  await upgradeTenants(owner, withBadges(blueprint))
  const { rows: behind } = await owner.query('select state from tenants where version = $1 order by state', [
    currentVersion(blueprint),
  ])
  t.strictSame(behind, [{ state: 'provisioning' }, { state: 'purging' }])
})

t.test('with nothing to do it asks one question', async t => {
  const { owner, blueprint } = await testDatabase(t)
  const asked = t.capture(owner, 'query', owner.query)
  t.strictSame(await upgradeTenants(owner, blueprint), { upgraded: 0, failed: [] })
  t.equal(asked().length, 1)
})

function withBadges(blueprint: Blueprint): Blueprint {
  const next = more(blueprint, 'create table badges (name text);')
  return { ...next, grants: { ...next.grants, badges: 'select, insert' } }
}

function more(blueprint: Blueprint, migration: string): Blueprint {
  const version = currentVersion(blueprint) + 1
  return { ...blueprint, migrations: [...blueprint.migrations, { version, tag: `more_${version}`, sql: migration }] }
}
