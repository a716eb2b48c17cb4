import { tableNames } from '@spintrack/database/grants'
import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { type Expected, examine } from '../src/doctor.ts'
import { dangerousFunctions, harden, loginSettings } from '../src/hardening.ts'
import { newLogin } from './support/logins.ts'
import { newTenant, superuser } from './support/tenants.ts'

const database = await testDatabase(t)
const operator = superuser(t, database)
const app = (await newLogin(t, operator, database, 'noinherit')).user
await harden(operator, { owner: new URL(database.ownerUrl).username, app })
const tenant = (await newTenant(database)).name
for (const { name } of (await database.owner.query('select name from tenants')).rows) {
  await operator.query(`grant "${name}" to ${app}`)
}

const expected: Expected = { appLogin: app, version: database.blueprint.migrations.length, tables: tableNames }

/** Promises, the SQL that breaks each and the SQL that mends it, and what the doctor then says. */
type Break = { breaking: string; mending: string; problem: RegExp; mend?: RegExp }

const breaks: Break[] = [
  ...['createrole', 'createdb', 'superuser', 'replication', 'bypassrls'].map(attribute => ({
    breaking: `alter role ${app} ${attribute}`,
    mending: `alter role ${app} no${attribute}`,
    problem: /may do more than connect/,
    mend: /ALTER ROLE .* NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS/,
  })),
  {
    breaking: `alter role ${app} inherit`,
    mending: `alter role ${app} noinherit`,
    problem: /inherits the rights of every tenant/,
    mend: /NOINHERIT/,
  },
  {
    breaking: `grant "${tenant}" to ${app} with inherit true`,
    mending: `grant "${tenant}" to ${app} with inherit false`,
    problem: new RegExp(`inherits from ${tenant}`),
    mend: /WITH INHERIT FALSE/,
  },
  {
    breaking: `grant pg_read_all_data to ${app}`,
    mending: `revoke pg_read_all_data from ${app}`,
    problem: /may become pg_read_all_data, which is no tenant/,
    mend: /REVOKE "pg_read_all_data"/,
  },
  {
    breaking: `revoke "${tenant}" from ${app}`,
    mending: `grant "${tenant}" to ${app}`,
    problem: new RegExp(`may not become tenant ${tenant}`),
    mend: /GRANT "t_/,
  },
  ...[
    ['table public.owned ()', 'table public.owned'],
    ['schema owned', 'schema owned'],
    ["function public.owned() returns int language sql as 'select 1'", 'function public.owned'],
    ['type public.owned as (a int)', 'type public.owned'],
  ].map(([object, name]) => ({
    breaking: `create ${object}; alter ${name} owner to ${app}`,
    mending: `drop ${name}`,
    problem: /owns .*owned/,
    mend: /REASSIGN OWNED/,
  })),
  ...Object.entries(loginSettings).map(([name, value]) => ({
    breaking: `alter role ${app} reset ${name}`,
    mending: `alter role ${app} set ${name} to '${value}'`,
    problem: new RegExp(`has no ${name} of ${value}`),
    mend: new RegExp(`SET ${name} TO '${value}'`),
  })),
  ...[
    ['temporary', 'database $DATABASE'],
    ['connect', 'database $DATABASE'],
    ['usage', 'schema public'],
    ['create', 'schema public'],
    ['usage', 'language plpgsql'],
    ['execute', 'function pg_notify'],
  ].map(([right, object]) => ({
    breaking: `grant ${right} on ${object} to public`,
    mending: `revoke ${right} on ${object} from public`,
    problem: new RegExp(`PUBLIC has ${right} on`, 'i'),
    mend: /REVOKE .* FROM PUBLIC/,
  })),
  {
    breaking: `alter schema "${tenant}" rename to hidden`,
    mending: `alter schema hidden rename to "${tenant}"`,
    problem: new RegExp(`Tenant ${tenant} has no schema`),
    mend: /backup/,
  },
  {
    breaking: 'create schema t_nobody000000',
    mending: 'drop schema t_nobody000000',
    problem: /Schema t_nobody000000 belongs to no tenant/,
    mend: /DROP SCHEMA "t_nobody000000" CASCADE/,
  },
  {
    breaking: `update tenants set version = 99 where name = '${tenant}'`,
    mending: `update tenants set version = ${expected.version} where name = '${tenant}'`,
    problem: new RegExp(`Tenant ${tenant} is at version 99; this build knows ${expected.version}`),
    mend: /newer build/,
  },
]

for (const { breaking, mending, problem, mend } of breaks) {
  t.test(`the doctor finds: ${breaking.replaceAll(app, 'app').replaceAll(tenant, 'tenant')}`, async t => {
    t.strictSame(await findings(), [], 'healthy before')
    await run(breaking)
    try {
      t.match(await findings(), [{ problem, ...(mend && { mend }) }])
      t.equal((await findings()).length, 1, 'and nothing else')
    } finally {
      await run(mending)
    }
    t.strictSame(await findings(), [], 'healthy after')
  })
}

t.test('the doctor finds each dangerous function by its own name', async t => {
  const { rows } = await operator.query(
    `select oid::regprocedure::text as signature, proname as name from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and proname = any($1)`,
    [dangerousFunctions],
  )
  await operator.query(rows.map(({ signature }) => `grant execute on function ${signature} to public`).join(';'))
  const problems = (await findings()).map(({ problem }) => problem)
  await operator.query(rows.map(({ signature }) => `revoke execute on function ${signature} from public`).join(';'))
  t.strictSame(
    problems.toSorted(),
    rows.map(({ signature }) => `PUBLIC has EXECUTE on FUNCTION ${signature}.`).toSorted(),
  )
  t.strictSame(await findings(), [])
})

t.test('the doctor finds an app login that is not there', async t => {
  const found = await examine(database.owner, { ...expected, appLogin: 'nobody at all' })
  t.match(found, [{ problem: /nobody at all does not exist/, mend: 'spintrack migrate' }])
  t.equal(found.length, 1)
})

t.test('the doctor finds a table name in both sets', async t => {
  const tables = { public: [...tableNames.public, 'spins'], tenant: tableNames.tenant }
  const found = await examine(database.owner, { ...expected, tables })
  t.match(found, [{ problem: /table name spins is both/, mend: /Rename/ }])
  t.equal(found.length, 1)
})

t.test('tenants on their way in or out need no schema yet, or no more', async t => {
  const before = await findings()
  await database.owner.query("insert into tenants (name, state, version) values ('t_coming000000', 'provisioning', 0)")
  t.strictSame(await findings(), before)
  await database.owner.query("update tenants set state = 'ready' where name = 't_coming000000'")
  t.equal((await findings()).length, before.length + 2, 'as ready it is missed, with its role')
  await database.owner.query("delete from tenants where name = 't_coming000000'")
})

function findings() {
  return examine(database.owner, expected)
}

function run(statement: string) {
  const name = new URL(database.ownerUrl).pathname.slice(1)
  return operator.query(statement.replace('$DATABASE', name))
}
