import { dangerousFunctions, loginSettings } from './hardening.ts'
import type { Pool } from './pool.ts'
import { examineReporting } from './reporting.ts'

/** Something that breaks a promise, and the command or statement that mends it. */
export type Finding = { problem: string; mend: string }

export type Expected = {
  appLogin: string
  /** The reporting login, where there is one, and the tables of a tenant that it may read. */
  reporting?: { login: string; tables: readonly string[] }
  /** The version this build provisions; tenants above it were made by a newer one. */
  version: number
  /** Names of the control tables and of the tables of a tenant. */
  tables: { public: readonly string[]; tenant: readonly string[] }
}

type Check = (query: Query, expected: Expected) => Promise<Finding[]>
type Query = (text: string, values?: unknown[]) => Promise<Record<string, string>[]>

/** Looks for everything that would let one company reach another, or leave one unreachable. Empty means healthy. */
export async function examine(owner: Pool, expected: Expected): Promise<Finding[]> {
  const query: Query = async (text, values) => (await owner.query(text, values)).rows
  const findings = []
  for (const check of checks) findings.push(...(await check(query, expected)))
  return findings
}

const migrate = 'spintrack migrate'

/** Each finding is one row; the query finds what is wrong, so a healthy database answers none. */
const checks: Check[] = [
  async (_query, { tables }) =>
    tables.public
      .filter(table => tables.tenant.includes(table))
      .map(table => ({
        problem: `The table name ${table} is both a control table and a tenant table, so a query could fall through.`,
        mend: 'Rename one of them and run npm run db:generate.',
      })),

  async (query, { appLogin }) => {
    const [login] = await query(
      `select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as powerful, rolinherit as inherits
       from pg_roles where rolname = $1`,
      [appLogin],
    )
    if (!login) return [{ problem: `The app login ${appLogin} does not exist.`, mend: migrate }]
    return [
      login.powerful && {
        problem: `The app login ${appLogin} may do more than connect.`,
        mend: `ALTER ROLE "${appLogin}" NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;`,
      },
      login.inherits && {
        problem: `The app login ${appLogin} inherits the rights of every tenant.`,
        mend: `ALTER ROLE "${appLogin}" NOINHERIT; then revoke and grant its memberships again.`,
      },
    ].filter(finding => !!finding)
  },

  async (query, { appLogin }) =>
    (
      await query(
        `select r.rolname as role from pg_auth_members m join pg_roles r on r.oid = m.roleid
         join pg_roles a on a.oid = m.member
         where a.rolname = $1 and to_jsonb(m) ->> 'inherit_option' = 'true'`,
        [appLogin],
      )
    ).map(({ role }) => ({
      problem: `The app login ${appLogin} inherits from ${role}.`,
      mend: `GRANT "${role}" TO "${appLogin}" WITH INHERIT FALSE;`,
    })),

  async (query, { appLogin }) =>
    (
      await query(
        `select r.rolname as role from pg_auth_members m join pg_roles r on r.oid = m.roleid
         join pg_roles a on a.oid = m.member
         where a.rolname = $1 and r.rolname !~ '^t_[a-z0-9]{12,26}$'`,
        [appLogin],
      )
    ).map(({ role }) => ({
      problem: `The app login ${appLogin} may become ${role}, which is no tenant.`,
      mend: `REVOKE "${role}" FROM "${appLogin}";`,
    })),

  async (query, { appLogin }) =>
    (
      await query(
        `select t.name from tenants t where t.state not in ('provisioning', 'failed', 'purging')
         and exists (select from pg_roles where rolname = $1)
         and not exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid
                         join pg_roles a on a.oid = m.member where a.rolname = $1 and r.rolname = t.name)`,
        [appLogin],
      )
    ).map(({ name }) => ({
      problem: `The app login ${appLogin} may not become tenant ${name}, so nobody can enter it.`,
      mend: `GRANT "${name}" TO "${appLogin}"; as the owner login, after CREATE ROLE "${name}"; if it is gone.`,
    })),

  async (query, { appLogin }) =>
    (
      await query(
        `select pg_describe_object(d.classid, d.objid, d.objsubid) as name
         from pg_shdepend d join pg_roles r on r.oid = d.refobjid join pg_database b on b.datname = current_database()
         where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o' and d.dbid in (0, b.oid) and r.rolname = $1`,
        [appLogin],
      )
    ).map(({ name }) => ({
      problem: `The app login ${appLogin} owns ${name}.`,
      mend: `REASSIGN OWNED BY "${appLogin}" TO the owner login;`,
    })),

  async (query, { appLogin }) => {
    const [login] = await query('select rolconfig::text as config from pg_roles where rolname = $1', [appLogin])
    return Object.entries(loginSettings)
      .filter(([name, value]) => login && !login.config?.includes(`${name}=${value}`))
      .map(([name, value]) => ({
        problem: `The app login ${appLogin} has no ${name} of ${value}.`,
        mend: `ALTER ROLE "${appLogin}" SET ${name} TO '${value}';`,
      }))
  },

  async (query, { reporting }) => (reporting ? examineReporting(query, reporting) : []),

  async query =>
    (
      await query(
        `with owner as (select quote_ident(pg_get_userbyid(datdba)) as owner from pg_database where datname = current_database())
         select object, "right", owner from owner, lateral (
         select 'DATABASE ' || quote_ident(datname) as object, privilege_type as right
         from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
         where datname = current_database() and grantee = 0
         union all
         select 'SCHEMA ' || quote_ident(nspname), privilege_type
         from pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) where nspname = 'public' and grantee = 0
         union all
         select 'LANGUAGE ' || quote_ident(lanname), privilege_type
         from pg_language, aclexplode(coalesce(lanacl, acldefault('l', lanowner))) where lanname = 'plpgsql' and grantee = 0
         union all
         select 'FUNCTION ' || oid::regprocedure, privilege_type
         from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner)))
         where pronamespace = 'pg_catalog'::regnamespace and proname = any($1) and grantee = 0) found`,
        [dangerousFunctions],
      )
    ).map(({ object, right, owner }) => ({
      problem: `PUBLIC has ${right} on ${object}.`,
      mend: `REVOKE ${right} ON ${object} FROM PUBLIC; GRANT ${right} ON ${object} TO ${owner}; as a superuser`,
    })),

  async query =>
    (
      await query(
        `select t.name from tenants t where t.state not in ('provisioning', 'failed', 'purging')
         and not exists (select from pg_namespace n where n.nspname = t.name)`,
      )
    ).map(({ name }) => ({
      problem: `Tenant ${name} has no schema.`,
      mend: `Restore the schema ${name} from a backup.`,
    })),

  async query =>
    (
      await query(
        `select n.nspname as name from pg_namespace n where n.nspname ~ '^t_[a-z0-9]{12,26}$'
         and not exists (select from tenants t where t.name = n.nspname)`,
      )
    ).map(({ name }) => ({
      problem: `Schema ${name} belongs to no tenant.`,
      mend: `DROP SCHEMA "${name}" CASCADE; once you are sure that nobody needs it.`,
    })),

  async (query, { version }) =>
    (await query('select name, version from tenants where version > $1', [version])).map(tenant => ({
      problem: `Tenant ${tenant.name} is at version ${tenant.version}; this build knows ${version}.`,
      mend: 'Start the newer build that migrated it.',
    })),
]
