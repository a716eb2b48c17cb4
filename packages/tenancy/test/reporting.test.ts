import { tableNames } from '@spintrack/database/grants'
import { type TestDatabase, testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { type Expected, examine } from '../src/doctor.ts'
import { migrateFleet } from '../src/fleet.ts'
import { harden } from '../src/hardening.ts'
import { createPool, type Pool } from '../src/pool.ts'
import { type Blueprint, provision } from '../src/provision.ts'
import { grantReporting, reportingConnections, reportingSettings } from '../src/reporting.ts'
import { newLogin } from './support/logins.ts'
import { newTenant, superuser } from './support/tenants.ts'

const database = await testDatabase(t)
const operator = superuser(t, database)
const { user: login, url } = await newLogin(t, operator, database, 'noinherit')
await harden(operator, { owner: user(database.ownerUrl), app: user(database.appUrl), reporting: login })
const tables = ['members', 'spins']
const blueprint: Blueprint = { ...database.blueprint, reportingLogin: login, reportingTables: tables }
await grantReporting(database.owner, blueprint)
const tenant = (await provision(database.owner, blueprint)).name

const expected: Expected = {
  appLogin: user(database.appUrl),
  version: blueprint.migrations.length,
  tables: tableNames,
  reporting: { login, tables },
}

const refused: Record<string, string> = {
  'a table it is not meant to read': `select from "${tenant}".spinners`,
  'a control table': 'select from public.users',
  insert: `insert into "${tenant}".members (id, name) values (gen_random_uuid(), 'x')`,
  update: `update "${tenant}".members set name = 'x'`,
  delete: `delete from "${tenant}".members`,
  truncate: `truncate "${tenant}".members`,
  lock: `select; lock table "${tenant}".members in access exclusive mode`,
  'lock rows': `select from "${tenant}".members for update`,
  create: `create table "${tenant}".own ()`,
  'create in public': 'create table public.own ()',
  'temporary tables': 'create temporary table own ()',
  'become the tenant': `set role "${tenant}"`,
  'become the app login': `set role "${user(database.appUrl)}"`,
}

t.test('it reads what the blueprint says, in every tenant', async t => {
  const pool = reportingPool(t, url)
  const { rows } = await database.owner.query('select name from tenants')
  t.ok(rows.length > 1)
  for (const { name } of rows) await t.resolves(pool.query(`select from "${name}".members, "${name}".spins`))
})

for (const [what, statement] of Object.entries(refused)) {
  t.test(`it may not: ${what}`, async t => {
    const client = await reportingPool(t, url).connect()
    t.teardown(() => client.release(true))
    await t.rejects(client.query(statement), { code: /^(42501|25006)$/ }, 'as it is')
    await client.query('set default_transaction_read_only to off')
    await t.rejects(client.query(statement), { code: '42501' }, 'nor after it has allowed itself to write')
  })
}

t.test('its limits hold', async t => {
  const client = await reportingPool(t, url).connect()
  t.teardown(() => client.release(true))
  for (const [name, value] of Object.entries(reportingSettings)) {
    t.strictSame((await client.query(`show ${name}`)).rows, [{ [name]: value }])
  }
})

t.test('without a reporting login a tenant is made as ever', async t => {
  const { reportingLogin, reportingTables, ...plain } = database.blueprint
  const { name } = await provision(database.owner, plain)
  await t.rejects(reportingPool(t, database.reportingUrl).query(`select from "${name}".members`), { code: '42501' })
  await t.resolves(grantReporting(database.owner, blueprint), 'the doctor below wants it whole')
})

t.test('tenants that are upgraded get the right to new tables', async t => {
  const own = await testDatabase(t)
  const next = {
    ...own.blueprint,
    migrations: [...own.blueprint.migrations, { version: 99, tag: 'badges', sql: 'create table badges (name text);' }],
    reportingTables: ['badges'],
  }
  t.match(await migrateFleet({ owner: own.owner, blueprint: next }), { outcome: 'done' })
  const pool = reportingPool(t, own.reportingUrl)
  for (const { name } of (await own.owner.query('select name from tenants')).rows) {
    await t.resolves(pool.query(`select from "${name}".badges`))
  }
})

t.test('tenants made before the login are opened to it, with the tables that they have', async t => {
  const own = await testDatabase(t)
  const late = await lateLogin(t, own)
  const [first] = (await own.owner.query('select name from tenants')).rows
  await own.owner.query(`drop table "${first.name}".daily_summaries`)
  const { rowCount } = await own.owner.query('select from tenants')
  const whole = { ...own.blueprint, reportingLogin: late.user }
  t.equal(await grantReporting(own.owner, whole), rowCount)
  const asked = t.capture(own.owner, 'query', own.owner.query)
  t.equal(await grantReporting(own.owner, whole), 0)
  t.equal(asked().length, 1, 'and once they are, it costs one query')
  t.equal(await grantReporting(own.owner, {}), 0, 'without a reporting login there is nothing to do')
  await t.resolves(reportingPool(t, late.url).query(`select from "${first.name}".spins`))
})

/** Promises, the SQL that breaks each and the SQL that mends it, and what the doctor then says. */
type Break = { breaking: string; mending: string; problem: RegExp; mend: RegExp }

const breaks: Break[] = [
  ...['createrole', 'createdb', 'superuser', 'replication', 'bypassrls'].map(attribute => ({
    breaking: `alter role ${login} ${attribute}`,
    mending: `alter role ${login} no${attribute}`,
    problem: /may do more than connect/,
    mend: /ALTER ROLE .* NOSUPERUSER/,
  })),
  {
    breaking: `alter role ${login} inherit`,
    mending: `alter role ${login} noinherit`,
    problem: /inherits/,
    mend: /NOINHERIT/,
  },
  {
    breaking: `grant "${tenant}" to ${login}`,
    mending: `revoke "${tenant}" from ${login}`,
    problem: new RegExp(`is a member of ${tenant}`),
    mend: new RegExp(`REVOKE ${tenant} FROM`),
  },
  {
    breaking: `create table public.owned (); alter table public.owned owner to ${login}`,
    mending: 'drop table public.owned',
    problem: /owns table (public\.)?owned/,
    mend: /REASSIGN OWNED/,
  },
  {
    breaking: `grant insert on "${tenant}".members to ${login}`,
    mending: `revoke insert on "${tenant}".members from ${login}`,
    problem: /has INSERT on TABLE t_\w+\.members, which it does not need/,
    mend: /REVOKE INSERT ON TABLE t_\w+\.members FROM/,
  },
  {
    breaking: `grant select on "${tenant}".files to ${login}`,
    mending: `revoke select on "${tenant}".files from ${login}`,
    problem: /has SELECT on TABLE t_\w+\.files/,
    mend: /REVOKE SELECT/,
  },
  {
    breaking: `grant select on public.users to ${login}`,
    mending: `revoke select on public.users from ${login}`,
    problem: /has SELECT on TABLE (public\.)?users/,
    mend: /REVOKE SELECT/,
  },
  {
    breaking: `grant usage on schema public to ${login}`,
    mending: `revoke usage on schema public from ${login}`,
    problem: /has USAGE on SCHEMA public/,
    mend: /REVOKE USAGE ON SCHEMA public/,
  },
  {
    breaking: `grant temporary on database $DATABASE to ${login}`,
    mending: `revoke temporary on database $DATABASE from ${login}`,
    problem: /has TEMPORARY on DATABASE/,
    mend: /REVOKE TEMPORARY ON DATABASE/,
  },
  {
    breaking: `revoke connect on database $DATABASE from ${login}`,
    mending: `grant connect on database $DATABASE to ${login}`,
    problem: /may not connect/,
    mend: /GRANT CONNECT ON DATABASE/,
  },
  {
    breaking: `revoke select on "${tenant}".members from ${login}`,
    mending: `grant select on "${tenant}".members to ${login}`,
    problem: new RegExp(`cannot read tenant ${tenant}`),
    mend: /spintrack migrate/,
  },
  {
    breaking: `revoke usage on schema "${tenant}" from ${login}`,
    mending: `grant usage on schema "${tenant}" to ${login}`,
    problem: new RegExp(`cannot read tenant ${tenant}`),
    mend: /spintrack migrate/,
  },
  ...['-1', String(reportingConnections + 1)].map(limit => ({
    breaking: `alter role ${login} connection limit ${limit}`,
    mending: `alter role ${login} connection limit ${reportingConnections}`,
    problem: /has no limit of \d+ connections/,
    mend: /CONNECTION LIMIT/,
  })),
  ...Object.entries(reportingSettings).map(([name, value]) => ({
    breaking: `alter role ${login} reset ${name}`,
    mending: `alter role ${login} set ${name} to '${value}'`,
    problem: new RegExp(`has no ${name} of ${value}`),
    mend: new RegExp(`SET "?${name}"? TO '${value}'`),
  })),
]

for (const { breaking, mending, problem, mend } of breaks) {
  t.test(`the doctor finds: ${breaking.replaceAll(login, 'reporting').replaceAll(tenant, 'tenant')}`, async t => {
    t.strictSame(await findings(), [], 'healthy before')
    await run(breaking)
    try {
      const found = await findings()
      t.match(found, [{ problem, mend }])
      t.equal(found.length, 1, 'and nothing else')
    } finally {
      await run(mending)
    }
    t.strictSame(await findings(), [], 'healthy after')
  })
}

t.test('the doctor finds a reporting login that is not there', async t => {
  const found = await examine(database.owner, { ...expected, reporting: { login: 'nobody at all', tables } })
  t.match(found, [{ problem: /nobody at all does not exist/, mend: 'spintrack migrate' }])
  t.equal(found.length, 1)
})

function findings() {
  return examine(database.owner, expected)
}

function run(statement: string) {
  return operator.query(statement.replaceAll('$DATABASE', new URL(database.ownerUrl).pathname.slice(1)))
}

type Teardown = { teardown(work: () => unknown): void }

function reportingPool(t: Teardown, connectionString: string): Pool {
  const pool = createPool({ connectionString, max: 1 })
  t.teardown(() => pool.end())
  return pool
}

/** A login that came after all tenants. */
async function lateLogin(t: Teardown, own: TestDatabase) {
  const operator = superuser(t, own)
  const late = await newLogin(t, operator, own, 'noinherit')
  await operator.query(`grant connect on database "${new URL(own.ownerUrl).pathname.slice(1)}" to ${late.user}`)
  await newTenant(own)
  return late
}

function user(address: string): string {
  return new URL(address).username
}
