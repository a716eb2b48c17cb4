import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { Certificate, Removed } from './certificates.ts'
import { errorCode } from './errors.ts'
import { type Hooks, runHook } from './hooks.ts'
import { quoteIdentifier, quoteTenantName } from './names.ts'
import type { Pool } from './pool.ts'
import { transaction } from './transaction.ts'

/** SQL in the transaction of the purge. Its search path is `public`. */
export type Query = (text: string, values?: unknown[]) => Promise<pg.QueryResult>

/**
 * Deletes what the application keeps of the tenant outside it: rows of control tables, jobs. Returns what the
 * application calls the tenant, an opaque id, and how many rows of each kind went. May be run again from its start.
 */
export type Forget = (query: Query) => Promise<{ subject: string | null; control: Record<string, number> }>

export type PurgeOptions = {
  forget: Forget
  /** How long one try waits for requests that are still inside, in milliseconds, and how many tries there are. */
  lockTimeoutMs?: number
  tries?: number
}

/**
 * Removes a tenant for good: its schema, its role, what `forget` deletes, and its row; what stays is a certificate.
 *
 * The state `purging` is committed first, so that nobody enters any more. The rest is one transaction: killed at any
 * point, the next purge of this tenant does all of it or finds it done. One tenant for each transaction, since a
 * transaction that drops many schemas runs out of locks.
 *
 * Throws when there never was such a tenant, or with PostgreSQL's 55P03 when somebody stays inside for longer than all
 * tries; then the tenant is left `purging`.
 */
export async function purgeTenant(
  owner: Pool,
  { hooks = {} }: { hooks?: Hooks },
  name: string,
  { forget, lockTimeoutMs = 2_000, tries = 10 }: PurgeOptions,
): Promise<Certificate> {
  await owner.query("update tenants set state = 'purging' where name = $1 and state <> 'purging'", [name])
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(owner, `begin; set local lock_timeout to ${lockTimeoutMs}`, client =>
        remove(client, name, hooks, forget),
      )
    } catch (error) {
      if (errorCode(error) !== lockNotAvailable || attempt === tries) throw error
      await delay(pauseMs)
    }
  }
}

const lockNotAvailable = '55P03'
/** Between two tries, so that whoever waited behind the locks we wanted gets through. */
const pauseMs = 100

async function remove(client: pg.PoolClient, name: string, hooks: Hooks, forget: Forget): Promise<Certificate> {
  // Of two purges at once the second waits here and finds the certificate.
  const { rows } = await client.query('select version from public.tenants where name = $1 for update', [name])
  if (!rows[0]) return certificateOf(client, name)
  const tables = await dropHome(client, name, hooks)
  await client.query('set local search_path to public, pg_temp')
  const { subject, control } = await forget((text, values) => client.query(text, values))
  await client.query('update public.fleet_turns set error = null where tenant = $1 and error is not null', [name])
  await client.query('delete from public.tenants where name = $1', [name])
  const removed: Removed = { tables, control }
  await client.query(
    'insert into public.deletion_certificates (tenant, subject, version, removed) values ($1, $2, $3, $4)',
    [name, subject, rows[0].version, removed],
  )
  await runHook(hooks.afterPurge, { name }, client)
  return certificateOf(client, name)
}

/** Drops schema and role, and returns how many rows each table had once the last request had left. */
async function dropHome(client: pg.PoolClient, name: string, hooks: Hooks): Promise<Record<string, number>> {
  const tenant = quoteTenantName(name)
  await client.query(`set local search_path to ${tenant}, pg_temp`)
  const tables = await lockTables(client, name)
  await runHook(hooks.beforePurge, { name }, client)
  const counts = await countRows(client, tables)
  await client.query(`drop schema if exists ${tenant} cascade`)
  const held = await heldBy(client, name)
  // The owner may drop what the tenant owns only as a member of it, which it is not where it is no superuser.
  if (held.here) await client.query(`grant ${tenant} to current_user; drop owned by ${tenant}`)
  if (!held.elsewhere) await client.query(`drop role if exists ${tenant}`)
  return counts
}

async function lockTables(client: pg.PoolClient, name: string): Promise<string[]> {
  const { rows } = await client.query<{ table: string }>(
    `select relname as table from pg_class where relnamespace = to_regnamespace($1) and relkind in ('r', 'p') order by 1`,
    [name],
  )
  const tables = rows.map(({ table }) => table)
  if (tables.length > 0) await client.query(`lock table ${tables.map(quoteIdentifier).join(', ')}`)
  return tables
}

async function countRows(client: pg.PoolClient, tables: string[]): Promise<Record<string, number>> {
  if (tables.length === 0) return {}
  const counts = tables.map((table, n) => `(select count(*) from ${quoteIdentifier(table)})::float8 as "${n}"`)
  const { rows } = await client.query(`select ${counts.join(', ')}`)
  return Object.fromEntries(tables.map((table, n) => [table, rows[0][n]]))
}

/**
 * What still needs the role: here, such as default privileges, which every role may set for itself; elsewhere, another
 * database of the cluster, such as a backup restored beside this one. Its purge, or its end, is the role's end then.
 */
async function heldBy(client: pg.PoolClient, name: string): Promise<{ here: boolean; elsewhere: boolean }> {
  const { rows } = await client.query(
    `select coalesce(bool_or(not other), false) as here, coalesce(bool_or(other), false) as elsewhere
     from pg_shdepend join pg_roles r on r.oid = refobjid join pg_database b on b.datname = current_database(),
     lateral (select dbid not in (0, b.oid) as other) as place
     where refclassid = 'pg_authid'::regclass and r.rolname = $1`,
    [name],
  )
  return rows[0]
}

async function certificateOf(client: pg.PoolClient, name: string): Promise<Certificate> {
  const { rows } = await client.query<Certificate>(
    `select tenant, subject, version, removed, purged_at as "purgedAt" from public.deletion_certificates where tenant = $1`,
    [name],
  )
  if (!rows[0]) throw new Error(`Expected a tenant to purge or a certificate of its purge, got neither for ${name}.`)
  return rows[0]
}
