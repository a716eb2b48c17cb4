import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { connect } from '../src/connection.ts'
import { extended } from '../src/guard.ts'
import { createPool } from '../src/pool.ts'
import { createTenancy } from '../src/tenancy.ts'
import { addMember, memberNames, twoTenants } from './support/tenants.ts'

/**
 * What somebody tries who got SQL of their own into a statement of tenant $A, and the SQLSTATE that meets them there.
 * $B is another tenant.
 */
const refused: Record<string, [attempt: string, code: string][]> = {
  'stacked statements': [
    ['select 1; select 2', '42601'],
    ['select 1; set role none; select * from public.users', '42601'],
    ["insert into members values (gen_random_uuid(), 'x'); commit", '42601'],
  ],
  'another tenant by name': [
    ['select * from "$B".members', '42501'],
    ['table "$B".members', '42501'],
    ['insert into "$B".members values (gen_random_uuid(), \'x\')', '42501'],
    ['update "$B".members set name = \'x\'', '42501'],
    ['with gone as (delete from "$B".members returning *) select * from gone', '42501'],
    ['merge into "$B".members m using (select 1) s on true when matched then delete', '42501'],
    ['copy "$B".members to stdout', '42501'],
    ['lock table "$B".members', '42501'],
    ['explain analyze select * from "$B".members', '42501'],
    ['select pg_relation_size(\'"$B".members\')', '42501'],
    ['grant "$B" to current_user', '42501'],
    ['alter role "$B" set search_path = \'public\'', '42501'],
    ['drop owned by "$B"', '42501'],
    ['reassign owned by "$B" to current_user', '42501'],
    ['drop schema "$B" cascade', '42501'],
    ['drop role "$B"', '42501'],
  ],
  'the control tables': [
    ['select * from public.users', '42501'],
    ['select * from public.sessions', '42501'],
    ['select * from public.companies', '42501'],
    ['select * from users', '42P01'],
    ["update public.tenants set state = 'suspended'", '42501'],
    ['lock table public.users', '42501'],
  ],
  'settings and roles': [
    ["select set_config('role', '$B', false)", '42501'],
    ["select set_config('search_path', '$B', false)", '42501'],
    ["update pg_settings set setting = '$B' where name = 'role'", '42501'],
    ["update pg_settings set setting = 'public' where name = 'search_path'", '42501'],
    ["set session authorization '$B'", '42501'],
    ['set session authorization postgres', '42501'],
    ['set role postgres', '42501'],
    ['set role spintrack_owner', '42501'],
    ['set session_replication_role to replica', '42501'],
    ["set log_statement to 'none'", '42501'],
    ["set session_preload_libraries to 'x'", '42501'],
    ['alter role current_user superuser', '42501'],
    ['alter role current_user login', '42501'],
    ["alter role session_user password 'x'", '42501'],
    ["alter database postgres set search_path = 'x'", '42501'],
    ["alter system set log_statement = 'all'", '25001'],
    ['create role escaped', '42501'],
    ['grant "$A" to "$B"', '42501'],
  ],
  'functions that run SQL given as text': [
    ["select query_to_xml('set role \"$B\"', true, true, '')", '42501'],
    ["select query_to_xmlschema('select 1', true, true, '')", '42501'],
    ["select query_to_xml_and_xmlschema('select 1', true, true, '')", '42501'],
    ["select cursor_to_xml('c', 1, true, true, '')", '42501'],
    ["select table_to_xml('members', true, true, '')", '42501'],
    ["select schema_to_xml('public', true, true, '')", '42501'],
    ["select database_to_xml(true, true, '')", '42501'],
    ['select * from ts_stat(\'set role "$B"\')', '42P11'],
    ['select * from ts_stat(\'select name::tsvector from "$B".members\')', '42501'],
    ["select ts_rewrite('a'::tsquery, 'set role \"$B\"')", '42P11'],
    ['do $$ begin execute \'set role "$B"\'; end $$', '42501'],
    ["do language sql 'select 1'", '0A000'],
  ],
  'other sessions': [
    ["select pg_notify('tenants_wanted', 'x')", '42501'],
    ['select pg_advisory_lock(1)', '42501'],
    ['select pg_advisory_lock_shared(1, 1)', '42501'],
    ['select pg_try_advisory_lock(1)', '42501'],
    ['select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()', '42501'],
    ['select pg_cancel_backend(pg_backend_pid())', '42501'],
    ["select pg_create_physical_replication_slot('x')", '42501'],
    ['select pg_stat_reset()', '42501'],
    ['select pg_reload_conf()', '42501'],
    ['select pg_switch_wal()', '42501'],
    ['checkpoint', '42501'],
  ],
  'files, programs and other servers': [
    ["copy (select 1) to program 'id'", '42501'],
    ["copy members from program 'id'", '42501'],
    ["copy members to '/tmp/escaped'", '42501'],
    ["copy members from '/etc/passwd'", '42501'],
    ["select pg_read_file('/etc/passwd')", '42501'],
    ["select pg_read_binary_file('PG_VERSION')", '42501'],
    ["select pg_ls_dir('.')", '42501'],
    ["select pg_stat_file('PG_VERSION')", '42501'],
    ['select * from pg_ls_waldir()', '42501'],
    ['select pg_current_logfile()', '42501'],
    ['select * from pg_hba_file_rules', '42501'],
    ["select lo_import('/etc/passwd')", '42501'],
    ["select lo_export(1, '/tmp/escaped')", '42501'],
    ["select * from dblink('dbname=postgres', 'select 1') as answer (n int)", '42883'],
    ['create extension dblink', '42501'],
    ['create foreign data wrapper escaped', '42501'],
    ['create publication escaped for all tables', '42501'],
    ["create subscription escaped connection 'host=127.0.0.1' publication x with (connect = false)", '42501'],
    ["load 'auto_explain'", '42501'],
  ],
  'what outlives the transaction': [
    ['select lo_creat(-1)', '42501'],
    ["select lo_from_bytea(0, 'x')", '42501'],
    ['select * from pg_largeobject', '42501'],
    ['create temp table members (id int)', '42501'],
    ['create temporary view members as select 1', '42501'],
    ['select * into temp escaped from members', '42501'],
    ['create domain pg_temp.escaped as int', '42501'],
  ],
  'making things': [
    ['create table escaped (id int)', '42501'],
    ['create table "$B".escaped (id int)', '42501'],
    ['create table public.escaped (id int)', '42501'],
    ['create schema escaped', '42501'],
    ['create view "$A".escaped as select 1', '42501'],
    ['create materialized view escaped as select 1', '42501'],
    ['create function "$A".escaped() returns int language sql as \'select 1\'', '42501'],
    ['create function "$A".escaped() returns int language sql security definer as \'select 1\'', '42501'],
    ['create function "$A".escaped() returns int language plpgsql as \'begin return 1; end\'', '42501'],
    ["create function \"$A\".escaped() returns int language c as 'libc', 'system'", '42501'],
    ['create type "$A".escaped as (a int)', '42501'],
    ['create sequence "$A".escaped', '42501'],
    ['create operator "$A".+ (function = int4pl, leftarg = int, rightarg = int)', '42501'],
    ['create cast (int as text) with inout', '42501'],
    ['create event trigger escaped on ddl_command_start execute function f()', '42501'],
    ['create language plperl', '42501'],
    ['create access method escaped type index handler bthandler', '42501'],
    ['create database escaped', '25001'],
    ["create tablespace escaped location '/tmp'", '25001'],
  ],
  'its own tables': [
    ['alter table members add column escaped int', '42501'],
    ['alter table members owner to current_user', '42501'],
    ['create index on members (name)', '42501'],
    ['create rule escaped as on insert to members do instead nothing', '42501'],
    ['create policy escaped on members using (true)', '42501'],
    [
      'create trigger escaped before insert on members for each row execute function suppress_redundant_updates_trigger()',
      '42501',
    ],
    ['alter schema "$A" rename to escaped', '42501'],
    ['drop table members', '42501'],
    ['drop schema "$A" cascade', '42501'],
    ['truncate members', '42501'],
    ['delete from members', '42501'],
    ["comment on table members is 'x'", '42501'],
  ],
  'secrets in the catalogue': [
    ['select * from pg_authid', '42501'],
    ['select * from pg_shadow', '42501'],
    ['select * from pg_user_mapping', '42501'],
    ['select * from pg_statistic', '42501'],
  ],
}

/**
 * What succeeds. Nothing here is news: PostgreSQL has no way to take these from a role. All but the last group need a
 * statement that is the attacker's from its first word; a value, a condition or a subquery is not enough.
 */
const remaining: Record<string, string[]> = {
  'becoming another role that the login may become': [
    'set role "$B"',
    'set local role "$B"',
    'set role none',
    'reset role',
    'set role spintrack_app',
  ],
  'ending the transaction, and with it the role': ['commit', 'rollback', 'commit and chain'],
  'settings that any role may change, for as long as the connection lives': [
    'set search_path to "$B"',
    'set statement_timeout to 0',
    'set default_transaction_read_only to on',
  ],
  'things kept on the connection': [
    'prepare kept as select * from members',
    'declare kept cursor with hold for select * from members',
    'listen tenants_wanted',
  ],
  'a word to other sessions': ["notify tenants_wanted, 'x'"],
  'its own role, which nobody logs in as and whose settings SET ROLE ignores': [
    "alter role current_user set search_path = 'public'",
    "alter role current_user password 'x'",
    'alter default privileges grant select on tables to public',
    'drop owned by current_user',
  ],
  'grants that PostgreSQL answers with a warning and does not give': [
    'grant select on members to public',
    'grant all on schema "$A" to "$B"',
    'revoke select on members from "$A"',
  ],
  'its own tables for a while': ['lock table members', 'analyze members', 'copy members to stdout'],
  'also from within a statement: opaque names and sizes, and work that its timeouts end': [
    "select nspname from pg_namespace where nspname = '$B'",
    'select relname, n_live_tup from pg_stat_user_tables',
    "select query from pg_stat_activity where pid <> pg_backend_pid() and query <> '<insufficient privilege>'",
    "select * from pg_stats where schemaname = '$B'",
    'select pg_advisory_xact_lock(1)',
    "select pg_logical_emit_message(false, 'x', 'y')",
    'select pg_export_snapshot()',
    'select pg_sleep(0)',
  ],
}

const database = await testDatabase(t, { connections: 1 })
const [a, b] = await twoTenants(database)
const { tenancy, owner } = database
await owner.query("insert into users values (gen_random_uuid(), 'canary-of-the-control-tables@example.com', 'C', '')")
const fill = (text: string) => text.replaceAll('$A', a.name).replaceAll('$B', b.name)

t.test('a tenant can do in its own tables what it is there for', async t => {
  await tenancy.scope(a, {}, async db => {
    t.strictSame(await memberNames(db), [a.canary])
    await addMember(db, 'second')
    await db.execute(sql`update members set name = 'changed' where name = 'second'`)
    t.strictSame(await memberNames(db), [a.canary, 'changed'])
    await t.rejects(
      db.transaction(async nested => nested.rollback()),
      'savepoints included',
    )
  })
})

for (const [group, attempts] of Object.entries(refused)) {
  t.test(`refused in a scope: ${group}`, async t => {
    for (const [attempt, code] of attempts) {
      const trying = tenancy.scope(a, {}, db => db.execute(sql.raw(fill(attempt))))
      await t.rejects(trying, { cause: { code } }, attempt)
    }
  })

  t.test(`refused outside a transaction too: ${group}`, async t => {
    const pool = createPool({ connectionString: database.appUrl, max: 1 })
    t.teardown(() => pool.end())
    const client = await connect(pool)
    t.teardown(() => client.release(true))
    await client.query(`set role "${a.name}"; set search_path to "${a.name}", pg_temp`)
    for (const [attempt, code] of attempts) {
      const trying = client.query(extended({ text: fill(attempt) }))
      await t.rejects(trying, { code: outside(attempt, code) }, attempt)
    }
    t.ok((await client.query('select from members')).rowCount, 'its own rows it still reads')
  })
}

t.test('none of it left a trace', async t => {
  t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary])
  const { rows } = await owner.query(
    `select nspname as name from pg_namespace where nspname ~ '^escaped|^pg_temp'
     union all select relname from pg_class where relname ~ 'escaped' union all select proname from pg_proc where proname ~ 'escaped'
     union all select rolname from pg_roles where rolname ~ 'escaped' union all select datname from pg_database where datname ~ 'escaped'`,
  )
  t.strictSame(rows, [])
})

for (const [group, attempts] of Object.entries(remaining)) {
  t.test(`known to succeed: ${group}`, async t => {
    for (const attempt of attempts) {
      const pool = createPool({ connectionString: database.appUrl, max: 1 })
      try {
        const answer = await createTenancy(pool).scope(a, {}, db => db.execute(sql.raw(fill(attempt))))
        const text = JSON.stringify(answer.rows)
        t.notMatch(text, b.canary, attempt)
        t.notMatch(text, 'canary-of-the-control-tables', attempt)
      } finally {
        await pool.end()
      }
    }
    t.strictSame(await tenancy.scope(a, {}, memberNames).then(names => names.includes(a.canary)), true)
    t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary])
  })
}

t.test('known: with two whole statements an attacker is another tenant, or the login', async t => {
  await tenancy.scope(a, {}, async db => {
    await db.execute(sql.raw(fill('set local role "$B"')))
    const { rows } = await db.execute(sql.raw(fill('select name from "$B".members')))
    t.strictSame(rows, [{ name: b.canary }])
    await db.execute(sql`set local role none`)
    const { rows: users } = await db.execute(sql`select email from public.users`)
    t.strictSame(users, [{ email: 'canary-of-the-control-tables@example.com' }])
  })
})

/** Some statements want a transaction and some want none; whoever got around that meets the missing right. */
function outside(attempt: string, code: string): string {
  if (attempt.startsWith('lock table')) return '25P01'
  return code === '25001' ? '42501' : code
}
