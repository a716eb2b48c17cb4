import { quoteIdentifier } from './names.ts'
import type { Pool } from './pool.ts'
import { reportingConnections, reportingSettings } from './reporting.ts'

/**
 * Functions that PUBLIC may call by default and that get around a scope: they change settings, run SQL given as text,
 * speak to other sessions, keep state outside any schema, or hold locks that outlive the transaction.
 */
export const dangerousFunctions = [
  'set_config',
  'query_to_xml',
  'query_to_xmlschema',
  'query_to_xml_and_xmlschema',
  'cursor_to_xml',
  'cursor_to_xmlschema',
  'table_to_xml',
  'table_to_xmlschema',
  'table_to_xml_and_xmlschema',
  'schema_to_xml',
  'schema_to_xmlschema',
  'schema_to_xml_and_xmlschema',
  'database_to_xml',
  'database_to_xmlschema',
  'database_to_xml_and_xmlschema',
  'pg_notify',
  'lo_creat',
  'lo_create',
  'lo_from_bytea',
  'lo_get',
  'lo_put',
  'lo_open',
  'lo_unlink',
  'loread',
  'lowrite',
  'lo_lseek',
  'lo_lseek64',
  'lo_tell',
  'lo_tell64',
  'lo_truncate',
  'lo_truncate64',
  'lo_close',
  'pg_advisory_lock',
  'pg_advisory_lock_shared',
  'pg_try_advisory_lock',
  'pg_try_advisory_lock_shared',
] as const

/** Limits that belong on the login: a transaction that becomes a tenant's role ignores the settings of that role. */
export const loginSettings = {
  statement_timeout: '5s',
  lock_timeout: '1s',
  // Shorter than lock_timeout: else that ends a deadlock first, with an error that is not tried again.
  deadlock_timeout: '200ms',
  idle_in_transaction_session_timeout: '10s',
  search_path: 'public',
  // Times of long ago come back with seconds in their offset from other zones, which JavaScript cannot read.
  TimeZone: 'UTC',
} as const satisfies Record<string, string>

/** The logins of an installation: the owner makes and alters everything, the app login becomes tenants, reporting reads. */
export type Logins = { owner: string; app: string; reporting?: string }

/**
 * Takes from PUBLIC what every role would otherwise have in this database, and gives the logins what they need.
 * Safe to run again. `superuser` must connect to the database concerned as a superuser: functions and languages of the
 * system belong to one.
 */
export async function harden(superuser: Pool, logins: Logins): Promise<void> {
  const functions = await signatures(superuser)
  const owner = quoteIdentifier(logins.owner)
  const app = quoteIdentifier(logins.app)
  await hardenDatabase(superuser, logins)
  await superuser.query(
    [
      'revoke all on schema public from public',
      `grant usage on schema public to ${app}`,
      `grant all on schema public to ${owner}`,
      'revoke usage on language plpgsql from public',
      `grant usage on language plpgsql to ${owner}`,
      ...functions.map(signature => `revoke execute on function ${signature} from public`),
      ...functions.map(signature => `grant execute on function ${signature} to ${owner}`),
      ...Object.entries(loginSettings).map(([name, value]) => `alter role ${app} set ${name} to '${value}'`),
      ...limits(logins.reporting),
    ].join(';\n'),
  )
}

function limits(reporting: string | undefined): string[] {
  if (reporting === undefined) return []
  const login = quoteIdentifier(reporting)
  return [
    `alter role ${login} connection limit ${reportingConnections}`,
    ...Object.entries(reportingSettings).map(([name, value]) => `alter role ${login} set ${name} to '${value}'`),
  ]
}

/** The part of it that belongs to the database as a whole, which a clone of the database does not inherit. */
export async function hardenDatabase(superuser: Pool, logins: Logins): Promise<void> {
  const database = await currentDatabase(superuser)
  const connecting = [logins.app, logins.reporting].filter(login => login !== undefined)
  await superuser.query(
    [
      `revoke all on database ${database} from public`,
      ...connecting.map(login => `grant connect on database ${database} to ${quoteIdentifier(login)}`),
      `grant all on database ${database} to ${quoteIdentifier(logins.owner)}`,
    ].join(';\n'),
  )
}

async function currentDatabase(pool: Pool): Promise<string> {
  const { rows } = await pool.query('select current_database() as name')
  return quoteIdentifier(rows[0].name)
}

/** One function name stands for several signatures, and not every version has each. */
async function signatures(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query(
    `select oid::regprocedure::text as signature from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace and proname = any($1)`,
    [dangerousFunctions],
  )
  return rows.map(row => `pg_catalog.${row.signature}`)
}
