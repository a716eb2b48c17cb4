import type { Export } from '@spintrack/contract/exports'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { exportChunks, exports } from '@spintrack/database/tenant/exports'
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'

/** Asks for an archive of the company. A job makes it. */
export async function requestExport(company: Company): Promise<Export> {
  return company.write(
    async db => {
      const [row] = await db.insert(exports).values({ id: newId(), memberId: company.memberId }).returning()
      return shape(row as Row)
    },
    ({ id }) => ({ name: 'export_company', payload: { exportId: id } }),
  )
}

/** The archives of a company, newest first. */
export async function listExports(
  company: Company,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const rows = await company.read(db =>
    db
      .select()
      .from(exports)
      .where(cursor ? lt(exports.id, decodeCursor(cursor).id) : undefined)
      .orderBy(desc(exports.id))
      .limit(limit + 1),
  )
  return page(rows, limit, shape, row => ({ key: 0, id: row.id }))
}

/** One archive, without its bytes. Throws `not_found`. */
export async function getExport(company: Company, id: string): Promise<Export> {
  const [row] = await company.read(db => db.select().from(exports).where(eq(exports.id, id)))
  return shape(row ?? missing())
}

/**
 * The bytes of an archive, about a megabyte at a time. Throws before the first one: `not_found`, `export_not_ready`,
 * `export_expired`. A download under way may end after the archive expired, but fails when it is deleted.
 */
export async function* readExport(company: Company, id: string): AsyncIterable<Buffer> {
  const [row] = await company.read(db =>
    db
      .select({ state: exports.state, size: exports.sizeBytes, expired: sql<boolean>`${exports.expiresAt} <= now()` })
      .from(exports)
      .where(eq(exports.id, id)),
  )
  const { state, size, expired } = row ?? missing()
  if (state !== 'done' || size === null) throw notReady(state)
  if (expired) throw new ProblemError('export_expired', 'The archive has expired. Ask for a new one.')
  let sent = 0
  for (let position = 0; sent < size; position++) {
    const [chunk] = await company.read(db =>
      db
        .select({ data: exportChunks.data })
        .from(exportChunks)
        .where(and(eq(exportChunks.exportId, id), eq(exportChunks.position, position))),
    )
    const { data } = chunk ?? missing()
    sent += data.length
    yield data
  }
}

/** Deletes an archive; a job that is making it gives up. Throws `not_found`. */
export async function deleteExport(company: Company, id: string): Promise<void> {
  await company.write(async db => {
    const { rowCount } = await db.delete(exports).where(eq(exports.id, id))
    if (!rowCount) missing()
  })
}

type Row = typeof exports.$inferSelect

function missing(): never {
  throw new ProblemError('not_found', 'There is no such archive in this company.')
}

function notReady(state: Row['state']): ProblemError {
  return new ProblemError(
    'export_not_ready',
    state === 'failed'
      ? 'The archive could not be made. Ask for a new one.'
      : 'The archive is still being made. Try again in a moment.',
  )
}

function shape({ createdAt, expiresAt, ...row }: Row): Export {
  return { ...row, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null }
}
