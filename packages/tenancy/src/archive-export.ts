import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { eq } from 'drizzle-orm'
import {
  archiveFormat,
  type Content,
  fileEntry,
  type Manifest,
  manifestEntry,
  tableEntry,
  textSettings,
} from './archive-format.ts'
import { jsonLines } from './archive-json.ts'
import { meter } from './archive-meter.ts'
import { type CatalogueTable, tablesOf } from './archive-tables.ts'
import { type ZipEntry, zip } from './archive-zip.ts'
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
    await view.query(`lock table ${list(tables.map(({ name }) => name))} in access share mode`)
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

async function write(
  view: Snapshot,
  about: Omit<Manifest, 'tables' | 'files'>,
  tables: CatalogueTable[],
  files: ArchivePlan['files'],
  destination: Writable,
  { onProgress, signal }: ExportOptions,
): Promise<Exported> {
  const manifest: Manifest = { ...about, tables: [], files: [] }
  async function* entries(): AsyncGenerator<ZipEntry> {
    for (const table of tables) yield* tableOf(view, table, files, manifest, onProgress)
    if (files) yield* filesOf(view, files, manifest)
    yield { name: manifestEntry, content: Readable.from([Buffer.from(JSON.stringify(manifest, null, 2))]) }
  }
  const whole = meter()
  await pipeline(whole.through(zip(entries())), destination, { ...(signal && { signal }) })
  return { manifest, ...whole.content() }
}

/** One table as an entry; noted in the manifest when all of it was taken. */
async function* tableOf(
  view: Snapshot,
  { name, columns }: CatalogueTable,
  files: ArchivePlan['files'],
  { tables }: Manifest,
  onProgress: ExportOptions['onProgress'],
): AsyncGenerator<ZipEntry> {
  const apart = files?.table === name ? { key: files.key, content: files.content } : undefined
  const kept = columns.filter(column => column.name !== apart?.content)
  const names = kept.map(column => column.name)
  const lines = jsonLines(kept.map(({ form }) => form))
  async function* content(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${JSON.stringify(names)}\n`)
    for await (const piece of view.copy(`copy ${quoteIdentifier(name)} (${list(names)}) to stdout`, lines)) {
      yield piece
      onProgress?.(name, lines.rows)
    }
  }
  const measured = meter()
  yield { name: tableEntry(name), content: measured.through(content()) }
  tables.push({ name, columns: names, rows: lines.rows, ...measured.content(), ...(apart && { files: apart }) })
}

/** The files of a table, one after another, each whole in memory. */
async function* filesOf(
  view: Snapshot,
  { table, key, content }: NonNullable<ArchivePlan['files']>,
  { files }: Manifest,
): AsyncGenerator<ZipEntry> {
  const from = `from ${quoteIdentifier(table)} where`
  const [id, bytes] = [quoteIdentifier(key), quoteIdentifier(content)]
  const rows = await view.query<{ key: string }>(`select ${id}::text as key ${from} ${bytes} is not null order by 1`)
  for (const { key } of rows) {
    const found = await view.query<{ bytes: Buffer }>(`select ${bytes} as bytes ${from} ${id} = $1`, [key])
    const measured = meter()
    yield { name: fileEntry(key), content: measured.through(Readable.from(found.map(row => row.bytes))) }
    files.push({ key, ...measured.content() })
  }
}

function list(names: readonly string[]): string {
  return names.map(quoteIdentifier).join(', ')
}
