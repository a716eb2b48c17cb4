import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { describeSchemas } from '../src/catalogue.ts'
import { type Drift, findDrift, repairDrift } from '../src/drift.ts'
import { migrateFleet } from '../src/fleet.ts'
import { type Blueprint, currentVersion, provision } from '../src/provision.ts'
import { newTenant, superuser } from './support/tenants.ts'

const database = await testDatabase(t)
const { owner, blueprint } = database

const change = (name: string, ...statements: string[]) =>
  owner.query([`begin; set local search_path to "${name}"`, ...statements, 'commit'].join(';\n'))
const objects = (drift: Drift[]) => drift.map(({ object }) => object).sort()

t.test('tenants as they were provisioned do not drift, whatever their state', async t => {
  const { rows } = await owner.query("select name from tenants where state = 'standby' limit 4")
  for (const [index, state] of ['template', 'suspended', 'archived', 'ready'].entries())
    await owner.query('update tenants set state = $2 where name = $1', [rows[index].name, state])
  t.strictSame(await findDrift(owner, blueprint), [])
})

t.test('a tenant that was migrated step by step equals one that was provisioned', async t => {
  const { name } = await provision(owner, upTo(1))
  t.strictSame(await findDrift(owner, blueprint, [name]), [], 'at its own version')
  for (let version = 2; version <= currentVersion(blueprint); version++)
    await migrateFleet({ owner, blueprint: upTo(version), only: [name] })
  const fresh = await provision(owner, blueprint)
  const described = await describeSchemas((text, values) => owner.query(text, values), [name, fresh.name])
  const [migrated, provisioned] = [name, fresh.name].map(each =>
    [...(described.get(each)?.values() ?? [])].map(({ object, value }) => `${object}: ${value}`).sort(),
  )
  t.ok(
    migrated?.includes(
      'constraint spins.spins_member_id_members_id_fk: FOREIGN KEY (member_id) REFERENCES members(id)',
    ),
  )
  t.ok(migrated?.includes('right SELECT on exports to {tenant}: granted'))
  t.strictSame(migrated, provisioned)
})

/** What is done to a tenant, and what is said of it: missing (-), too much (+) or different (~), and with ! if it can be repaired. */
const drifts: [statement: string, ...said: string[]][] = [
  ['drop table export_chunks', '- table export_chunks'],
  ["create table notes (id int primary key, note text default 'x')", '+ table notes'],
  ['alter table daily_summaries set unlogged', '~ table daily_summaries'],
  ['alter table origins enable row level security', '~ table origins'],
  ['alter table spins drop column note', '- column spins.note'],
  ["alter table spins add column mood text default 'fine'", '+ column spins.mood'],
  ['alter table spins alter column duration_ms type bigint', '~ column spins.duration_ms'],
  ['alter table spinners alter column name drop not null', '~ column spinners.name'],
  ['alter table spinners alter column model type text collate "C"', '~ column spinners.model'],
  ['alter table spinners alter column status drop default', '- default spinners.status !'],
  ['alter table spinners alter column version set default 7', '~ default spinners.version'],
  ["alter table spinners alter column colour set default 'red'", '+ default spinners.colour'],
  ['alter table spinners drop constraint spinners_status_check', '- constraint spinners.spinners_status_check'],
  ['alter table spins add constraint short check (duration_ms < 10)', '+ constraint spins.short'],
  ['drop index spins_started_index', '- index spins_started_index !'],
  ['create index more on spins (created_at)', '+ index more'],
  ['drop index spins_member_index; create index spins_member_index on spins (member_id)', '~ index spins_member_index'],
  ['revoke select on members from {tenant}', '- right SELECT on members to {tenant} !'],
  ['grant delete on members to {tenant}', '+ right DELETE on members to {tenant} !'],
  [
    'grant select on spins to {tenant} with grant option',
    '+ right SELECT on spins to {tenant} with grant option !',
    '- right SELECT on spins to {tenant} !',
  ],
  ['grant select (name) on spinners to public', '+ right SELECT (name) on spinners to public !'],
  ['grant create on schema {tenant} to {tenant}', '+ right CREATE on schema to {tenant} !'],
  ['create view everyone as select name from members', '+ view everyone'],
  ['create materialized view counted as select count(*) from members', '+ materialized view counted'],
  ['create sequence numbers', '+ sequence numbers'],
  ['create type pair as (a int, b int)', '+ type pair'],
  ["create type mood as enum ('good')", '+ type mood'],
  ['create function one(int) returns int language sql return $1', '+ function one(integer)'],
  ["create function noop() returns trigger language plpgsql as 'begin return new; end'", '+ function noop()'],
  ['create trigger watch before insert on spins for each row execute function noop()', '+ trigger spins.watch'],
  ['create policy nobody on members using (false)', '+ policy members.nobody'],
  ['create rule nothing as on delete to members do instead nothing', '+ rule members.nothing'],
  [
    'alter default privileges in schema {tenant} grant select on tables to public',
    '+ default rights of spintrack_owner for r',
  ],
]

t.test('each kind of drift is found, and what is safe is repaired', async t => {
  const { name } = await newTenant(database)
  await change(name, ...drifts.map(([statement]) => statement.replaceAll('{tenant}', name)))
  const expected = drifts.flatMap(([, ...said]) => said.map(line => line.replaceAll('{tenant}', name))).sort()
  const drift = await findDrift(owner, blueprint, [name])
  t.strictSame(drift.map(say).sort(), expected)
  t.match(
    drift.find(({ object }) => object === 'default spinners.version'),
    { tenant: name, expected: '1', found: '7', repair: undefined },
  )

  t.strictSame(await repairDrift(owner, drift), [])
  t.strictSame(
    (await findDrift(owner, blueprint, [name])).map(say).sort(),
    expected.filter(line => !line.endsWith('!')),
  )
})

t.test('a tenant without its schema is one finding', async t => {
  const { name } = await newTenant(database)
  await owner.query(`drop schema "${name}" cascade`)
  t.match(await findDrift(owner, blueprint, [name]), [{ object: 'schema', expected: 'present', found: null }])
  await owner.query("update tenants set state = 'purging' where name = $1", [name])
  t.strictSame(await findDrift(owner, blueprint, [name]), [], 'and on its way out it is none')
})

t.test('a table of another owner comes back with its rights, where the owner login may', async t => {
  const operator = superuser(t, database)
  const { name } = await newTenant(database)
  await operator.query(`alter table "${name}".files owner to "${name}"`)
  const drift = await findDrift(owner, blueprint, [name])
  t.match(drift[0], { object: 'owner of files', expected: 'spintrack_owner', found: name })
  t.match(await repairDrift(owner, drift), [{ tenant: name, error: { code: '42501' } }], 'a superuser has to')
  t.strictSame(objects(await findDrift(owner, blueprint, [name])), objects(drift), 'and it is as it was')
  t.strictSame(await repairDrift(operator, drift), [])
  t.strictSame(await findDrift(owner, blueprint, [name]), [])
})

t.test('one that cannot be repaired stops no other', async t => {
  const [stuck, other] = [await newTenant(database), await newTenant(database)]
  for (const { name } of [stuck, other]) await change(name, 'drop index spins_started_index')
  const drift = await findDrift(owner, blueprint, [stuck.name, other.name])
  await change(stuck.name, 'create view spins_started_index as select 1')
  t.match(await repairDrift(owner, drift), [{ tenant: stuck.name, error: { code: '42P07' } }])
  t.strictSame(await findDrift(owner, blueprint, [other.name]), [])
})

t.test('what was changing while it was looked at is no drift', async t => {
  const { name } = await newTenant(database)
  await change(name, 'drop index spins_started_index')
  let looks = 0
  const query = async (text: string, values: unknown[]) => {
    const result = await owner.query(text, values)
    if (text.includes('pg_namespace') && ++looks === 1)
      await change(name, 'create index spins_started_index on spins (started_at, id)')
    return result
  }
  t.strictSame(await findDrift(Object.create(owner, { query: { value: query } }), blueprint, [name]), [])
  t.equal(looks, 2)
})

/** The build that had so many migrations, with rights on the tables of then. */
function upTo(version: number): Blueprint {
  const migrations = blueprint.migrations.slice(0, version)
  const tables = (names: readonly string[]) =>
    names.filter(name => migrations.some(({ sql }) => sql.includes(`CREATE TABLE "${name}"`)))
  return {
    ...blueprint,
    migrations,
    grants: Object.fromEntries(
      tables(Object.keys(blueprint.grants)).map(name => [name, blueprint.grants[name] as string]),
    ),
    ...(blueprint.reportingTables && { reportingTables: tables(blueprint.reportingTables) }),
  }
}

function say({ object, expected, found, repair }: Drift): string {
  const sign = found === null ? '-' : expected === null ? '+' : '~'
  return `${sign} ${object}${repair ? ' !' : ''}`
}
