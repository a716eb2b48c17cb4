import type { Finding } from './doctor.ts'
import { quoteIdentifier, quoteTenantName } from './names.ts'
import type { Pool } from './pool.ts'
import type { Blueprint } from './provision.ts'

/** Limits that belong on the reporting login. Its rights are the wall; these keep a question from holding others up. */
export const reportingSettings = {
  default_transaction_read_only: 'on',
  statement_timeout: '30s',
  lock_timeout: '1s',
  idle_in_transaction_session_timeout: '10s',
  // The system's own, which is searched anyway: every table is named with its tenant.
  search_path: 'pg_catalog',
  TimeZone: 'UTC',
} as const satisfies Record<string, string>

/** The most connections of it at once, over all processes: questions to all tenants are heavy, and few people ask them. */
export const reportingConnections = 10

/** Lets the reporting login read a tenant's tables: statements for the owner login. Tables are named one by one, see `provision`. */
export function readingGrants(name: string, login: string, tables: readonly string[]): string[] {
  const tenant = quoteTenantName(name)
  const list = tables.map(table => `${tenant}.${quoteIdentifier(table)}`).join(', ')
  return [
    `grant usage on schema ${tenant} to ${quoteIdentifier(login)}`,
    `grant select on ${list} to ${quoteIdentifier(login)}`,
  ]
}

/** The same for a blueprint; nothing without a reporting login. */
export function reportingGrants(name: string, { reportingLogin, reportingTables }: Blueprint): string[] {
  return reportingLogin && reportingTables ? readingGrants(name, reportingLogin, reportingTables) : []
}

/**
 * Lets the reporting login read the tenants that were made before there was one. Returns how many lacked a right. With
 * nothing to do it costs one query.
 */
export async function grantReporting(
  owner: Pool,
  { reportingLogin, reportingTables }: Pick<Blueprint, 'reportingLogin' | 'reportingTables'>,
): Promise<number> {
  if (!reportingLogin) return 0
  const { rows } = await owner.query<{ name: string; tables: string[] }>(unreadable, [reportingLogin, reportingTables])
  for (const { name, tables } of rows) await owner.query(readingGrants(name, reportingLogin, tables).join(';\n'))
  return rows.length
}

/** The tenants that login $1 cannot read, each with those of the tables $2 that it has and that are out of reach. */
const unreadable = `
  select t.name, array_agg(c.relname::text order by c.relname) as tables
  from tenants t join pg_namespace n on n.nspname = t.name
  join pg_class c on c.relnamespace = n.oid and c.relname = any($2) and c.relkind in ('r', 'p')
  where t.state not in ('provisioning', 'failed', 'purging')
  and not (has_schema_privilege($1, n.oid, 'usage') and has_table_privilege($1, c.oid, 'select'))
  group by t.name order by t.name`

type Query = (text: string, values?: unknown[]) => Promise<Record<string, string>[]>
type Reporting = { login: string; tables: readonly string[] }

/** What is wrong with the reporting login; part of `examine`. */
export async function examineReporting(query: Query, { login, tables }: Reporting): Promise<Finding[]> {
  const known = await query('select from pg_roles where rolname = $1', [login])
  if (known.length === 0)
    return [{ problem: `The reporting login ${login} does not exist.`, mend: 'spintrack migrate' }]
  const wrong = await query(wrongs, [login, tables, Object.entries(reportingSettings).map(entry => entry.join('='))])
  const blind = await query(unreadable, [login, tables])
  return [
    ...wrong.map(({ problem, mend = '' }) => ({ problem: `The reporting login ${login} ${problem}.`, mend })),
    ...blind.map(({ name }) => ({
      problem: `The reporting login ${login} cannot read tenant ${name}.`,
      mend: 'spintrack migrate',
    })),
  ]
}

/** Each row is one thing wrong with login $1, which may read the tables $2 of tenants and has the settings $3. */
const wrongs = `
  with login as (select * from pg_roles where rolname = $1),
  rights as (
    select 'DATABASE ' || quote_ident(datname) as object, privilege_type as "right", privilege_type = 'CONNECT' as fine
    from pg_database, aclexplode(datacl), login where datname = current_database() and grantee = login.oid
    union all
    select 'SCHEMA ' || quote_ident(nspname), privilege_type, privilege_type = 'USAGE' and nspname ~ '^t_[a-z0-9]{12,26}$'
    from pg_namespace, aclexplode(nspacl), login where grantee = login.oid
    union all
    select 'TABLE ' || c.oid::regclass, privilege_type,
      privilege_type = 'SELECT' and relname = any($2) and relnamespace::regnamespace::text ~ '^t_[a-z0-9]{12,26}$'
    from pg_class c, aclexplode(relacl), login where grantee = login.oid
  )
  select 'may do more than connect' as problem,
    format('ALTER ROLE %I NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;', rolname) as mend
  from login where rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls
  union all
  select 'inherits what it is a member of', format('ALTER ROLE %I NOINHERIT;', rolname) from login where rolinherit
  union all
  select 'is a member of ' || roleid::regrole, format('REVOKE %s FROM %I;', roleid::regrole, rolname)
  from login join pg_auth_members on member = login.oid
  union all
  select 'owns ' || pg_describe_object(classid, objid, objsubid), format('REASSIGN OWNED BY %I TO the owner login;', rolname)
  from login join pg_shdepend on refclassid = 'pg_authid'::regclass and refobjid = login.oid and deptype = 'o'
  where dbid in (0, (select oid from pg_database where datname = current_database()))
  union all
  select format('has %s on %s, which it does not need', "right", object), format('REVOKE %s ON %s FROM %I;', "right", object, rolname)
  from login, rights where not fine
  union all
  select format('may not connect to the database %I', current_database()),
    format('GRANT CONNECT ON DATABASE %I TO %I;', current_database(), rolname)
  from login where not has_database_privilege(login.oid, current_database(), 'connect')
  union all
  select 'has no limit of ${reportingConnections} connections', format('ALTER ROLE %I CONNECTION LIMIT ${reportingConnections};', rolname)
  from login where rolconnlimit not between 1 and ${reportingConnections}
  union all
  select format('has no %s of %s', split_part(setting, '=', 1), split_part(setting, '=', 2)),
    format('ALTER ROLE %I SET %I TO %L;', rolname, split_part(setting, '=', 1), split_part(setting, '=', 2))
  from login, unnest($3::text[]) setting where not setting = any(coalesce(rolconfig, '{}'))`
