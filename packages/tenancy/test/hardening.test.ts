import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { dangerousFunctions, harden, loginSettings } from '../src/hardening.ts'
import { newLogin } from './support/logins.ts'
import { memberNames, newTenant, superuser } from './support/tenants.ts'

const database = await testDatabase(t, { connections: 1 })
const { tenancy, owner } = database
const operator = superuser(t, database)

/** What PUBLIC has by default; each asks whether the login $1 has it. */
const rights: Record<string, string> = {
  'connecting to the database': `select has_database_privilege($1, current_database(), 'connect') as has`,
  'temporary tables': `select has_database_privilege($1, current_database(), 'temporary') as has`,
  'creating in schema public': `select has_schema_privilege($1, 'public', 'create') as has`,
  'seeing into schema public': `select has_schema_privilege($1, 'public', 'usage') as has`,
  'writing code in plpgsql': `select has_language_privilege($1, 'plpgsql', 'usage') as has`,
}

for (const [what, question] of Object.entries(rights)) {
  t.test(`nobody has ${what} for nothing`, async t => {
    const nobody = await newLogin(t, operator, database, '')
    const ownerLogin = new URL(database.ownerUrl).username
    t.same((await operator.query(question, [nobody.user])).rows, [{ has: false }])
    t.same((await operator.query(question, [ownerLogin])).rows, [{ has: true }], 'the owner login has')
  })
}

t.test('nobody may call a dangerous function for nothing, whatever its arguments', async t => {
  const nobody = await newLogin(t, operator, database, '')
  const { rows } = await operator.query(
    `select proname as name, has_function_privilege($1, oid, 'execute') as anybody,
       has_function_privilege($2, oid, 'execute') as owner
     from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname = any($3)`,
    [nobody.user, new URL(database.ownerUrl).username, dangerousFunctions],
  )
  t.strictSame(
    dangerousFunctions.filter(name => !rows.some(row => row.name === name)),
    [],
    'each exists, so that none is misspelt',
  )
  t.strictSame(
    rows.filter(row => row.anybody || !row.owner),
    [],
  )
})

t.test('hardening again changes nothing, and prepares logins of any name', async t => {
  const logins = {
    owner: (await newLogin(t, operator, database, '')).user,
    app: (await newLogin(t, operator, database, 'noinherit')).user,
  }
  const acl = () =>
    operator.query(
      `select datacl::text from pg_database where datname = current_database() union all
       select nspacl::text from pg_namespace where nspname = 'public' union all
       select proacl::text from pg_proc where proname = 'set_config'`,
    )
  await harden(operator, logins)
  const { rows: once } = await acl()
  await harden(operator, logins)
  t.strictSame((await acl()).rows, once)
  const { rows } = await operator.query('select rolconfig from pg_roles where rolname = $1', [logins.app])
  t.strictSame(
    rows[0].rolconfig,
    Object.entries(loginSettings).map(([name, value]) => `${name}=${value}`),
  )
})

t.test('the limits of the login hold in a scope, whatever the tenant role says', async t => {
  const a = await newTenant(database)
  await operator.query(
    `alter role "${a.name}" set statement_timeout to '1ms'; alter role "${a.name}" set lock_timeout to 0`,
  )
  await tenancy.scope(a, {}, async db => {
    for (const name of [
      'statement_timeout',
      'lock_timeout',
      'deadlock_timeout',
      'idle_in_transaction_session_timeout',
    ]) {
      const { rows } = await db.execute(sql`select current_setting(${name}) as value`)
      t.strictSame(rows, [{ value: loginSettings[name as keyof typeof loginSettings] }], name)
    }
    await t.resolves(db.execute(sql`select pg_sleep(0.01)`))
  })
})

t.test('whoever waits for a lock gives up in time', async t => {
  const a = await newTenant(database)
  const locker = await owner.connect()
  t.teardown(() => locker.release(true))
  await locker.query(`begin; lock table "${a.name}".members`)
  await t.rejects(tenancy.scope(a, {}, memberNames), { cause: { code: '55P03' } })
  await locker.query('rollback')
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
})

t.test('a temporary table is refused, and would shadow nothing', async t => {
  const a = await newTenant(database)
  const shadow = () =>
    tenancy.scope(a, {}, async db => {
      await db.execute(sql`create temporary table members (name text) on commit drop`)
      return memberNames(db)
    })
  await t.rejects(shadow(), { cause: { code: '42501' } })
  await operator.query(
    `do $$ begin execute format('grant temporary on database %I to "${a.name}"', current_database()); end $$`,
  )
  t.strictSame(await shadow(), [a.canary])
})
