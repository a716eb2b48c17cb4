import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import type { CreateSpinner, Spinner, SpinnerListQuery, UpdateSpinner } from '@spintrack/contract/spinners'
import { spinners } from '@spintrack/database/tenant/spinners'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { and, desc, eq, ilike, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'
import { staleVersion } from './versions.ts'

/** The spinners of a company, newest first. */
export async function listSpinners(
  company: Company,
  { limit = limits.page.default, cursor, ...filter }: SpinnerListQuery,
) {
  const rows = await company.read(db =>
    db
      .select()
      .from(spinners)
      .where(and(like(filter), cursor ? lt(spinners.id, decodeCursor(cursor).id) : undefined))
      .orderBy(desc(spinners.id))
      .limit(limit + 1),
  )
  return page(rows, limit, shapeSpinner, row => ({ key: 0, id: row.id }))
}

/** The condition on `spinners` that a filter stands for: with `q`, which is part of name, serial number or model. */
export function like({ q, status, memberId }: Pick<SpinnerListQuery, 'q' | 'status' | 'memberId'>): SQL | undefined {
  const match = q && `%${q.replace(/[\\%_]/g, '\\$&')}%`
  return and(
    match
      ? or(ilike(spinners.name, match), ilike(spinners.serialNumber, match), ilike(spinners.model, match))
      : undefined,
    status && eq(spinners.status, status),
    memberId ? eq(spinners.memberId, memberId) : undefined,
  )
}

/** Adds a spinner. Throws `serial_number_taken`, or `not_found` for a keeper who is no member. */
export async function createSpinner(company: Company, body: CreateSpinner): Promise<Spinner> {
  return company.write(async (db, tell) => {
    const [row] = await db
      .insert(spinners)
      .values({ id: newId(), ...body })
      .returning()
    const { id } = row as Row
    tell({ type: 'spinner.created', id })
    return shapeSpinner(row as Row)
  })
}

/** One spinner. Throws `not_found`. */
export async function getSpinner(company: Company, id: string): Promise<Spinner> {
  return shapeSpinner(await company.read(db => find(db, id)))
}

/** Changes a spinner, if it is still at `version` when one is given. Throws `not_found`, `stale_version`, `serial_number_taken`. */
export async function updateSpinner(
  company: Company,
  id: string,
  changes: UpdateSpinner,
  version?: number,
): Promise<Spinner> {
  return company.write(async (db, tell) => {
    const [row] = await db
      .update(spinners)
      .set({ ...changes, updatedAt: sql`now()`, version: sql`${spinners.version} + 1` })
      .where(and(eq(spinners.id, id), version === undefined ? undefined : eq(spinners.version, version)))
      .returning()
    if (!row) {
      await find(db, id)
      throw staleVersion()
    }
    tell({ type: 'spinner.changed', id: row.id })
    return shapeSpinner(row)
  })
}

/** Deletes a spinner that was never spun. Throws `not_found`, `stale_version`, `spinner_has_spins`. */
export async function deleteSpinner(company: Company, id: string, version?: number): Promise<void> {
  await company.write(async (db, tell) => {
    const [row] = await db
      .delete(spinners)
      .where(and(eq(spinners.id, id), version === undefined ? undefined : eq(spinners.version, version)))
      .returning({ id: spinners.id })
    if (!row) {
      await find(db, id)
      throw staleVersion()
    }
    tell({ type: 'spinner.deleted', id: row.id })
  })
}

type Row = typeof spinners.$inferSelect

async function find(db: TenantDb, id: string): Promise<Row> {
  const [row] = await db.select().from(spinners).where(eq(spinners.id, id))
  if (!row) throw new ProblemError('not_found', 'There is no such spinner in this company.')
  return row
}

/** A spinner as the API has it. */
export function shapeSpinner(row: Row): Spinner {
  return { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() }
}
