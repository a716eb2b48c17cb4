import type { Role } from '@spintrack/contract/permissions'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { members } from '@spintrack/database/tenant/members'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy, Tenant } from '@spintrack/tenancy/tenancy'
import { and, eq, sql } from 'drizzle-orm'
import { type Company, type Inside, inside } from './company.ts'
import { newId } from './ids.ts'

/** Somebody to add to a company. */
export type Joiner = { id: string; name: string; role: Role }

/**
 * Adds a person to a company: the membership that lets them in, and the member row that the company knows them by, in
 * one transaction. Returns the member's id.
 */
export async function joinCompany(tenancy: Tenancy, companyId: string, { id, name, role }: Joiner): Promise<string> {
  const tenant = await tenantOf(tenancy.control, companyId)
  const memberId = newId()
  await tenancy.transaction(async (db, enter) => {
    await db.insert(memberships).values({ userId: id, companyId, role, memberId })
    await enter(tenant, inside => inside.insert(members).values({ id: memberId, name }))
  })
  return memberId
}

/** Takes a person out of a company. The member row and its spins stay; the person is refused on their next request. */
export async function leaveCompany(tenancy: Tenancy, companyId: string, userId: string): Promise<void> {
  const tenant = await tenantOf(tenancy.control, companyId)
  await tenancy.transaction((db, enter) => endMembership(db, inside(enter, tenant), { companyId, userId }))
}

/**
 * Ends a membership within a transaction: its tokens go with it, and the person's sessions are refused here from their next
 * request on. Nothing of their other companies is touched.
 */
export async function endMembership(
  db: ControlTransaction,
  home: Inside,
  { companyId, userId }: { companyId: string; userId: string },
): Promise<void> {
  const [left] = await db
    .delete(memberships)
    .where(and(eq(memberships.companyId, companyId), eq(memberships.userId, userId)))
    .returning({ memberId: memberships.memberId })
  if (!left) return
  await home(db => db.update(members).set({ leftAt: sql`now()` }).where(eq(members.id, left.memberId)))
}

/** The user whom the company knows as the caller. */
export function holder(db: ControlDb, { id, memberId }: Company) {
  return db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(and(eq(memberships.companyId, id), eq(memberships.memberId, memberId)))
}

/** Where a company lives. For operators and jobs; a request gets its company from the principal and never asks. */
export async function tenantOf(db: ControlDb, companyId: string): Promise<Tenant> {
  const [row] = await db.select({ name: companies.tenant }).from(companies).where(eq(companies.id, companyId))
  if (!row) throw new Error(`There is no company ${companyId}`)
  return row
}
