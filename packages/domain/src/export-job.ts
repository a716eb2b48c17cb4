import { Writable } from 'node:stream'
import { limits } from '@spintrack/contract/limits'
import { exportChunks, exports } from '@spintrack/database/tenant/exports'
import { type ArchivePlan, type Exported, exportTenant } from '@spintrack/tenancy/archive-export'
import type { ControlTransaction, TenantDb } from '@spintrack/tenancy/handles'
import type { Tenancy, Tenant } from '@spintrack/tenancy/tenancy'
import { and, eq, lte, ne, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { archivePlan } from './archives.ts'

/**
 * Makes the archive that was asked for, and begins anew where an earlier try ended. One that was deleted is given up. Throws
 * what went wrong, once people can see that it failed; ExportUnderWay, which changes nothing.
 */
export async function runExport(tenancy: Tenancy, tenant: Tenant, id: string): Promise<void> {
  const plan = archivePlan(tenant)
  const subject: ArchivePlan['subject'] = async db => {
    await holdAlone(db, id)
    await begin(tenancy, tenant, id)
    return plan.subject(db)
  }
  try {
    const written = await exportTenant(tenancy, tenant, { ...plan, subject }, chunks(tenancy, tenant, id))
    await finish(tenancy, tenant, id, written)
  } catch (error) {
    if (error instanceof ExportGone) return
    if (error instanceof ExportUnderWay) throw error
    const failed = { state: 'failed', error: 'The archive could not be made.' } as const
    const wanted = await tenancy.scope(tenant, {}, db => change(db, id, failed))
    if (wanted) throw error
  }
}

/** Another worker is making the archive: it was taken for dead when its connection was lost. Trying again later is right. */
export class ExportUnderWay extends Error {
  override name = 'ExportUnderWay'
  constructor() {
    super('Another worker is making this archive. The job is tried again later.')
  }
}

/** Deletes the archives whose time is over, and their bytes with them. */
export async function deleteExpiredExports(db: TenantDb): Promise<void> {
  await db.delete(exports).where(lte(exports.expiresAt, sql`now()`))
}

/** Held as long as the snapshot is read: pieces of two tries in one archive would be none. */
async function holdAlone(db: ControlTransaction, id: string): Promise<void> {
  const { rows } = await db.execute<{ held: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`export ${id}`}, 0)) as held`,
  )
  if (!rows[0]?.held) throw new ExportUnderWay()
}

async function begin(tenancy: Tenancy, tenant: Tenant, id: string): Promise<void> {
  await tenancy.scope(tenant, {}, async db => {
    if (!(await change(db, id, { state: 'running', error: null }))) throw new ExportGone()
    await db.delete(exportChunks).where(eq(exportChunks.exportId, id))
  })
}

async function finish(tenancy: Tenancy, tenant: Tenant, id: string, { bytes, sha256 }: Exported): Promise<void> {
  const expiresAt = sql`now() + make_interval(days => ${limits.days.export})`
  await tenancy.scope(tenant, {}, async db => {
    const done = { state: 'done', error: null, sizeBytes: bytes, sha256, expiresAt } as const
    if (!(await change(db, id, done))) throw new ExportGone()
    const [stored] = await db
      .select({ bytes: sql<string>`coalesce(sum(octet_length(${exportChunks.data})), 0)` })
      .from(exportChunks)
      .where(eq(exportChunks.exportId, id))
    // Another worker that began as soon as the snapshot ended has taken them away.
    if (Number(stored?.bytes) !== bytes) throw new ExportUnderWay()
  })
}

/** It was deleted, or made before: there is nothing to do any more. */
class ExportGone extends Error {
  override name = 'ExportGone'
}

/** Changes an archive that is not done yet; returns whether it is there. */
async function change(db: TenantDb, id: string, values: PgUpdateSetSource<typeof exports>): Promise<boolean> {
  const { rowCount } = await db
    .update(exports)
    .set(values)
    .where(and(eq(exports.id, id), ne(exports.state, 'done')))
  return rowCount === 1
}

/** So much is in memory at a time, on the way in and out. */
const chunkBytes = 1 << 20

/** Takes the bytes of an archive into rows, each in a short transaction of its own. */
function chunks(tenancy: Tenancy, tenant: Tenant, exportId: string): Writable {
  let pending: Buffer[] = []
  let size = 0
  let position = 0
  const flush = async () => {
    const row = { exportId, position, data: Buffer.concat(pending) }
    await tenancy.scope(tenant, {}, db => db.insert(exportChunks).values(row))
    pending = []
    size = 0
    position++
  }
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      pending.push(chunk)
      size += chunk.length
      if (size < chunkBytes) done()
      else flush().then(() => done(), done)
    },
    final: done => void flush().then(() => done(), done),
  })
}
