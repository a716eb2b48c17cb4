import { Writable } from 'node:stream'
import { limits } from '@spintrack/contract/limits'
import { exportChunks, exports } from '@spintrack/database/tenant/exports'
import { exportTenant } from '@spintrack/tenancy/archive-export'
import type { TenantDb } from '@spintrack/tenancy/handles'
import type { Tenancy, Tenant } from '@spintrack/tenancy/tenancy'
import { and, eq, lte, ne, sql } from 'drizzle-orm'
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core'
import { archivePlan } from './archives.ts'

/**
 * Makes the archive that was asked for, and begins anew where an earlier try ended. One that was deleted is given up. Throws
 * what went wrong, once people can see that it failed.
 */
export async function runExport(tenancy: Tenancy, tenant: Tenant, id: string): Promise<void> {
  const begun = await tenancy.scope(tenant, {}, async db => {
    await db
      .delete(exportChunks)
      .where(sql`export_id = (select id from ${exports} where id = ${id} and state <> 'done')`)
    return change(db, id, { state: 'running', error: null })
  })
  if (!begun) return
  try {
    const { bytes, sha256 } = await exportTenant(tenancy, tenant, archivePlan(tenant), chunks(tenancy, tenant, id))
    const expiresAt = sql`now() + make_interval(days => ${limits.days.export})`
    await tenancy.scope(tenant, {}, db => change(db, id, { state: 'done', sizeBytes: bytes, sha256, expiresAt }))
  } catch (error) {
    const failed = { state: 'failed', error: 'The archive could not be made.' } as const
    const wanted = await tenancy.scope(tenant, {}, db => change(db, id, failed))
    if (wanted) throw error
  }
}

/** Deletes the archives whose time is over, and their bytes with them. */
export async function deleteExpiredExports(db: TenantDb): Promise<void> {
  await db.delete(exports).where(lte(exports.expiresAt, sql`now()`))
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
