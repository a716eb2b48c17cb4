import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { companies } from '@spintrack/database/public/companies'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import { changeState, type Transition } from '@spintrack/tenancy/states'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { tenants } from '@spintrack/tenancy/tenants'
import { and, eq, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { nextVersion } from './company.ts'
import { isId } from './ids.ts'

/** The company was asked to come back while it is going to be deleted, which would then happen to an open company. */
export class DeletionRequested extends Error {
  override name = 'DeletionRequested'
  constructor(slug: string, deleteAfter: Date) {
    super(
      `Expected a company that stays, but ${slug} is to be deleted on ${deleteAfter.toISOString()}. ` +
        `Undo that first: spintrack companies undelete ${slug}`,
    )
  }
}

/** A company as an operator finds it. */
export type FoundCompany = {
  id: string
  slug: string
  name: string
  tenant: string
  state: string
  deleteAfter: Date | null
}

/** The company with this slug or id. For operators; a request gets its company from the principal. Throws company_not_found. */
export async function findCompany(db: ControlDb, slugOrId: string): Promise<FoundCompany> {
  const [company] = await find(db, isId(slugOrId) ? eq(companies.id, slugOrId) : eq(companies.slug, slugOrId))
  if (company) return company
  throw new ProblemError(
    'company_not_found',
    `Expected the slug or id of a company, got ${JSON.stringify(slugOrId)}. See: spintrack companies list`,
  )
}

export const suspendCompany = change('suspend')
export const resumeCompany = change('resume')
export const archiveCompany = change('archive')
export const restoreCompany = change('restore')

/**
 * Closes a company that its owner wants gone, and sets the date from which the worker purges it; asked again it keeps
 * the date. `confirmation` must be its slug: throws confirmation_mismatch. Returns the date in ISO 8601.
 *
 * One that is suspended stays so, or asking and undoing would be a way to be resumed.
 */
export async function requestDeletion(
  tenancy: Tenancy,
  companyId: string,
  confirmation: string,
): Promise<{ deleteAfter: string }> {
  return tenancy.transaction(async db => {
    const company = await lock(db, companyId)
    if (confirmation !== company.slug)
      throw new ProblemError(
        'confirmation_mismatch',
        `Expected the company’s address, ${company.slug}, got ${JSON.stringify(confirmation)}. Type it to delete the company.`,
      )
    if (company.state === 'ready') await changeState(db, { name: company.tenant }, 'archive')
    const [row] = await db
      .update(companies)
      .set({
        deleteAfter: sql`coalesce(${companies.deleteAfter}, now() + ${sql.raw(`interval '${limits.days.deletionGrace} days'`)})`,
        version: nextVersion,
      })
      .where(eq(companies.id, companyId))
      .returning({ deleteAfter: companies.deleteAfter })
    return { deleteAfter: (row?.deleteAfter as Date).toISOString() }
  })
}

/** Takes the wish to delete a company back and opens it again, if it was not suspended. Throws deletion_not_requested. */
export async function undoDeletion(tenancy: Tenancy, companyId: string): Promise<void> {
  await tenancy.transaction(async db => {
    const company = await lock(db, companyId)
    if (!company.deleteAfter) throw new ProblemError('deletion_not_requested')
    await db.update(companies).set({ deleteAfter: null, version: nextVersion }).where(eq(companies.id, companyId))
    if (company.state === 'archived') await changeState(db, { name: company.tenant }, 'restore')
  })
}

/** Companies whose time has come: their owner's grace or their life as a demo is over. The oldest first. */
export async function companiesDue(db: ControlDb): Promise<FoundCompany[]> {
  return find(db, and(isDue, ne(tenants.state, 'purging'))).orderBy(companies.id)
}

/**
 * Closes a company for good, which the purge takes up from there, and returns its tenant. With `onlyDue` a company that
 * was saved in the meantime is left alone: then undefined.
 */
export async function startPurge(
  tenancy: Tenancy,
  companyId: string,
  { onlyDue }: { onlyDue: boolean },
): Promise<string | undefined> {
  return tenancy.transaction(async db => {
    const [company] = await find(db, and(eq(companies.id, companyId), onlyDue ? isDue : undefined)).for('update')
    if (!company) return
    await db.update(tenants).set({ state: 'purging' }).where(eq(tenants.name, company.tenant))
    return company.tenant
  })
}

const isDue = or(lte(companies.deleteAfter, sql`now()`), lte(companies.demoExpiresAt, sql`now()`))

function change(transition: Transition) {
  /** Changes a company's state. Throws WrongState, DeletionRequested. */
  return (tenancy: Tenancy, companyId: string): Promise<void> =>
    tenancy.transaction(async db => {
      const { slug, tenant, deleteAfter } = await lock(db, companyId)
      if (deleteAfter && (transition === 'resume' || transition === 'restore'))
        throw new DeletionRequested(slug, deleteAfter)
      await changeState(db, { name: tenant }, transition)
    })
}

/** Locks the rows of a company, so that what was read stays true. One that is being purged is not found any more. */
async function lock(db: ControlTransaction, companyId: string): Promise<FoundCompany> {
  const [company] = await find(db, eq(companies.id, companyId)).for('update')
  if (!company || company.state === 'purging') throw new ProblemError('company_not_found')
  return company
}

function find(db: ControlDb | ControlTransaction, which: SQL | undefined) {
  return db
    .select({
      id: companies.id,
      slug: companies.slug,
      name: companies.name,
      tenant: companies.tenant,
      state: tenants.state,
      deleteAfter: companies.deleteAfter,
    })
    .from(companies)
    .innerJoin(tenants, eq(tenants.name, companies.tenant))
    .where(which)
}
