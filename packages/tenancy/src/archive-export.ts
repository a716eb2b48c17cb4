import { type PassThrough, Readable, type Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { eq } from 'drizzle-orm'
import { ZipFile } from 'yazl'
import {
  type ArchivedTable,
  archiveFormat,
  type Content,
  fileEntry,
  type Manifest,
  manifestEntry,
  tableEntry,
  textSettings,
} from './archive-format.ts'
import { jsonLines } from './archive-json.ts'
import { type Meter, meter } from './archive-meter.ts'
import { type CatalogueTable, tablesOf } from './archive-tables.ts'
import type { ControlDb, ControlTransaction } from './handles.ts'
import { quoteIdentifier } from './names.ts'
import type { Snapshot } from './snapshot.ts'
import type { Tenancy, Tenant } from './tenancy.ts'
import { tenants } from './tenants.ts'

/** What an archive holds, decided by the application. */
export type ArchivePlan = {
  /** Its name. An archive of another application is refused on import, since versions and tables mean nothing to it. */
  application: string
  /** Tables that are not worth keeping. */
  leaveOut?: readonly string[]
  /** A table whose rows have a file each: it stands in the archive by itself, under the name in the column `key`. */
  files?: { table: string; key: string; content: string }
  /** The application's own part, read from the control tables at the same moment. No secrets: the archive has no lock. */
  subject(db: ControlTransaction): Promise<unknown>
}

export type ExportOptions = {
  /** Told how many rows of a table there are so far. */
  onProgress?: (table: string, rows: number) => void
  /** Ends the export, which then throws. */
  signal?: AbortSignal
}

/** An archive as it was written: what is in it, how many bytes it has and their SHA-256 in hex. */
export type Exported = Content & { manifest: Manifest }

/** Fast rather than small: 6, the usual, takes half as long again for a sixth less. */
const compressionLevel = 1

/**
 * Writes an archive of a tenant to `destination`, as it is at one moment, in bounded memory and no faster than it is
 * taken. Meanwhile the tenant's tables cannot be migrated.
 *
 * Throws what `destination` fails with, or TenantMigrated; then what was written is not an archive.
 */
export async function exportTenant(
  tenancy: Tenancy,
  tenant: Tenant,
  plan: ArchivePlan,
  destination: Writable,
  options: ExportOptions = {},
): Promise<Exported> {
  const look = async (db: ControlTransaction) => ({
    version: await versionOf(db, tenant),
    subject: await plan.subject(db),
  })
  return tenancy.snapshot(tenant, look, async (view, { version, subject }) => {
    await view.query(textSettings)
    const tables = (await tablesOf(view.query, tenant.name)).filter(({ name }) => !plan.leaveOut?.includes(name))
    await view.query(`lock table ${tables.map(({ name }) => quoteIdentifier(name)).join(', ')} in access share mode`)
    // A table that was rewritten between the snapshot and the lock would look empty.
    if ((await versionOf(tenancy.control, tenant)) !== version) throw new TenantMigrated()
    const { application } = plan
    const manifest = { format: archiveFormat, application, version, createdAt: new Date().toISOString(), subject }
    return write(view, manifest, tables, plan.files, destination, options)
  })
}

/** A tenant was migrated at the moment when its export began. Nothing was written; it can begin again. */
export class TenantMigrated extends Error {
  override name = 'TenantMigrated'
  constructor() {
    super('The tenant was migrated at the moment when its export began. Try again.')
  }
}

async function versionOf(db: Pick<ControlDb, 'select'>, { name }: Tenant): Promise<number> {
  const [row] = await db.select({ version: tenants.version }).from(tenants).where(eq(tenants.name, name))
  if (!row) throw new Error(`There is no tenant ${name}`)
  return row.version
}

/** What is being written, and a signal that it failed. */
type Writing = { zip: ZipFile; failed: AbortSignal }

async function write(
  view: Snapshot,
  about: Omit<Manifest, 'tables' | 'files'>,
  tables: CatalogueTable[],
  files: ArchivePlan['files'],
  destination: Writable,
  { onProgress, signal }: ExportOptions,
): Promise<Exported> {
  const zip = new ZipFile()
  const zipped = zip.outputStream as PassThrough
  const whole = meter()
  const output = pipeline(zipped, whole.stream, destination, { ...(signal && { signal }) })
  const failed = new AbortController()
  output.catch(error => failed.abort(error))
  const manifest: Manifest = { ...about, tables: [], files: [] }
  try {
    for (const table of tables) {
      manifest.tables.push(await addTable(view, { zip, failed: failed.signal }, table, files, onProgress))
    }
    if (files) manifest.files = await addFiles(view, { zip, failed: failed.signal }, files)
    zip.addBuffer(Buffer.from(JSON.stringify(manifest, null, 2)), manifestEntry, { compressionLevel })
    zip.end()
  } catch (error) {
    zipped.destroy(error as Error)
  }
  await output
  return { manifest, ...whole.content() }
}

async function addTable(
  view: Snapshot,
  writing: Writing,
  { name, columns }: CatalogueTable,
  files: ArchivePlan['files'],
  onProgress: ExportOptions['onProgress'],
): Promise<ArchivedTable> {
  const apart = files?.table === name ? { key: files.key, content: files.content } : undefined
  const kept = columns.filter(column => column.name !== apart?.content)
  const names = kept.map(column => column.name)
  const lines = jsonLines(kept.map(({ form }) => form))
  const rows = view.copy(`copy ${quoteIdentifier(name)} (${names.map(quoteIdentifier).join(', ')}) to stdout`, lines)
  const measured = meter(`${JSON.stringify(names)}\n`, () => onProgress?.(name, lines.rows))
  const content = await addEntry(writing, tableEntry(name), rows, measured)
  return { name, columns: names, rows: lines.rows, ...content, ...(apart && { files: apart }) }
}

async function addFiles(
  view: Snapshot,
  writing: Writing,
  files: NonNullable<ArchivePlan['files']>,
): Promise<Manifest['files']> {
  const [table, key, content] = [files.table, files.key, files.content].map(quoteIdentifier)
  const keys = await view.query<{ key: string }>(
    `select ${key}::text as key from ${table} where ${content} is not null order by 1`,
  )
  const added = []
  for (const row of keys) {
    const found = await view.query<{ bytes: Buffer }>(`select ${content} as bytes from ${table} where ${key} = $1`, [
      row.key,
    ])
    const bytes = Readable.from(found.map(file => file.bytes))
    added.push({ key: row.key, ...(await addEntry(writing, fileEntry(row.key), bytes, meter())) })
  }
  return added
}

/** Writes one entry, and returns once it was taken, so that never more than one is in memory. */
async function addEntry(
  { zip, failed }: Writing,
  entry: string,
  source: Readable,
  { stream, content }: Meter,
): Promise<Content> {
  zip.addReadStream(stream, entry, { compressionLevel })
  await Promise.all([pipeline(source, stream, { signal: failed }), finished(stream)])
  return content()
}
