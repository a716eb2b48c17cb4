import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import {
  type ArchivedTable,
  ArchiveRefused,
  fileEntry,
  type Manifest,
  tableEntry,
  textSettings,
} from './archive-format.ts'
import { type Archive, withArchive } from './archive-read.ts'
import { copyText, type Row, readRows } from './archive-rows.ts'
import { type CatalogueTable, tablesOf } from './archive-tables.ts'
import { errorCode } from './errors.ts'
import { grantMissing } from './fleet-grants.ts'
import { takeSteps } from './fleet-steps.ts'
import { Guard } from './guard.ts'
import type { ControlTransaction } from './handles.ts'
import { newTenantName, quoteIdentifier, quoteTenantName } from './names.ts'
import { type Pool, withStreamPool } from './pool.ts'
import { type Blueprint, build, currentVersion } from './provision.ts'
import { type Enter, entering, guarded, type Tenant } from './tenancy.ts'
import { transaction } from './transaction.ts'

export type ImportOptions = {
  /** Whose archives are taken: the name in their plan. */
  application: string
  /** Told how many rows of a table there are so far. */
  onProgress?: (table: string, rows: number) => void
}

type Query = <R extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<R[]>

/** The application's part of an import, in its transaction: `manifest.subject` is what its plan put into the archive. */
export type Settle<T> = (db: ControlTransaction, tenant: Tenant, manifest: Manifest, enter: Enter) => Promise<T>

/**
 * Makes a new tenant of the archive in the file `path`, ready for use, with its rows and files as they were; one of an
 * older version is then migrated. All of it is one transaction: killed at any point, nothing is left.
 *
 * The archive is verified before anything is made of it. Throws ArchiveRefused, or what `settle` threw. `owner` is a pool
 * of the owner login.
 */
export async function importTenant<T>(
  owner: Pool,
  blueprint: Blueprint,
  path: string,
  options: ImportOptions,
  settle: Settle<T>,
): Promise<{ tenant: Tenant; manifest: Manifest; value: T }> {
  return withArchive(path, async archive => {
    const { manifest } = archive
    requireKnown(manifest, blueprint, options.application)
    const tenant = { name: newTenantName() }
    const value = await withStreamPool(owner, streaming =>
      transaction(streaming, `begin; ${textSettings}`, async client => {
        await fill(client, blueprint, tenant, archive, options.onProgress)
        await client.query('set local search_path to default')
        const guard = new Guard(client)
        const enter = entering(guard, ({ name }) => `set local search_path to ${quoteTenantName(name)}, pg_temp`)
        return guarded<ControlTransaction, T>(guard, db => settle(db, tenant, manifest, enter))
      }),
    )
    return { tenant, manifest, value }
  })
}

function requireKnown(manifest: Manifest, blueprint: Blueprint, application: string): void {
  if (manifest.application !== application)
    throw new ArchiveRefused('it', `is one of ${manifest.application}, not of ${application}`)
  const known = currentVersion(blueprint)
  if (manifest.version > known) {
    const reason = `is of version ${manifest.version}, and this build knows ${known}. Import it with a newer build`
    throw new ArchiveRefused('it', reason)
  }
}

/** Builds the tenant as it was when it was exported, fills it, and brings it up to date. */
async function fill(
  client: pg.PoolClient,
  blueprint: Blueprint,
  { name }: Tenant,
  archive: Archive,
  onProgress: ImportOptions['onProgress'],
): Promise<void> {
  const { version, tables } = archive.manifest
  const query: Query = async (text, values) => (await client.query(text, values)).rows
  // The rights come at the end: they may be on tables that this version has not yet.
  const { reportingTables: _, ...rest } = blueprint
  await build(client, name, { ...rest, migrations: blueprint.migrations.slice(0, version), grants: {} })
  const known = await tablesOf(query, name)
  // A hook may have put rows there that every new tenant begins with. The archive brings its own.
  for (const table of known.toReversed()) await query(`delete from ${quoteIdentifier(table.name)}`)
  await query('set constraints all deferred')
  for (const table of tables) {
    requireColumns(table, known)
    await copyIn(client, name, table, archive, rows => onProgress?.(table.name, rows))
  }
  await continueSequences(query, name)
  await takeSteps(client, blueprint, { name, version })
  await grantMissing(client, name, blueprint)
  await query("update public.tenants set state = 'ready', version = $2, claimed_at = now() where name = $1", [
    name,
    currentVersion(blueprint),
  ])
}

/** Names in the archive are only believed when the new tenant has them: COPY would as well fill tables of the system. */
function requireColumns({ name, columns, files }: ArchivedTable, known: CatalogueTable[]): void {
  const table = known.find(table => table.name === name)
  if (!table) throw new ArchiveRefused(tableEntry(name), 'is for a table that tenants of its version do not have')
  const unknown = [...columns, ...(files ? [files.content] : [])].find(
    name => !table.columns.some(column => column.name === name),
  )
  if (unknown !== undefined)
    throw new ArchiveRefused(tableEntry(name), `has a column ${unknown}, which its table has not`)
}

async function copyIn(
  client: pg.PoolClient,
  schema: string,
  { name, columns, files }: ArchivedTable,
  { manifest, open }: Archive,
  onProgress: (rows: number) => void,
): Promise<void> {
  const entry = tableEntry(name)
  const rows = counted(readRows(await open(entry), entry, columns), onProgress)
  const contents = new Set(manifest.files.map(({ key }) => key))
  const filled = files ? withContents(rows, columns.indexOf(files.key), contents, open) : rows
  const into = [...columns, ...(files ? [files.content] : [])].map(quoteIdentifier).join(', ')
  const target = client.query(from(`copy ${quoteTenantName(schema)}.${quoteIdentifier(name)} (${into}) from stdin`))
  await pipeline(filled, copyText, target).catch(cause => {
    if (!/^2[23]/.test(errorCode(cause) ?? '')) throw cause
    throw new ArchiveRefused(entry, `holds what its table cannot: ${cause.message}`, { cause })
  })
}

async function* counted(batches: AsyncIterable<Row[]>, onProgress: (rows: number) => void): AsyncGenerator<Row[]> {
  let count = 0
  for await (const rows of batches) {
    yield rows
    count += rows.length
    onProgress(count)
  }
}

/** Puts the bytes of its file behind each row, one row at a time. */
async function* withContents(
  batches: AsyncIterable<Row[]>,
  key: number,
  contents: Set<string>,
  open: Archive['open'],
): AsyncGenerator<Row[]> {
  for await (const rows of batches) {
    for (const row of rows) {
      const name = String(row[key])
      const content = contents.has(name) ? `\\x${(await buffer(await open(fileEntry(name)))).toString('hex')}` : null
      yield [[...row, content]]
    }
  }
}

/** COPY does not move the sequences that give out numbers, so the next row would get one that is taken. */
async function continueSequences(query: Query, schema: string): Promise<void> {
  const statements = await query<{ statement: string }>(
    `select format('select setval(%L, greatest(max(%I), 1), max(%I) is not null) from %s', sequence, attname, attname, attrelid::regclass) as statement
     from pg_attribute join pg_class c on c.oid = attrelid,
       lateral pg_get_serial_sequence(attrelid::regclass::text, attname) as sequence
     where relnamespace = quote_ident($1)::regnamespace and relkind in ('r', 'p') and attnum > 0 and not attisdropped
       and sequence is not null`,
    [schema],
  )
  for (const { statement } of statements) await query(statement)
}
