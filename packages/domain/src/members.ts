import type { Company as CompanyShape } from '@spintrack/contract/companies'
import { limits } from '@spintrack/contract/limits'
import type { Member } from '@spintrack/contract/members'
import { allows, grantableBy, type Role } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { users } from '@spintrack/database/public/users'
import { members } from '@spintrack/database/tenant/members'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { and, asc, eq, gt, inArray, ne } from 'drizzle-orm'
import { type Company, describeCompany } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { endMembership } from './memberships.ts'

/** The people of a company, in the order they joined, those who left included. */
export async function listMembers(
  db: ControlDb,
  company: Company,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const rows = await company.read(inside =>
    inside
      .select()
      .from(members)
      .where(cursor ? gt(members.id, decodeCursor(cursor).id) : undefined)
      .orderBy(asc(members.id))
      .limit(limit + 1),
  )
  const present = await findPresent(
    db,
    company,
    rows.map(({ id }) => id),
  )
  return page(
    rows,
    limit,
    row => shape(company, row, present.get(row.id)),
    row => ({ key: 0, id: row.id }),
  )
}

/** Gives a member another role. Throws `not_found`, `last_owner`, `forbidden` for a role that is not the caller's to give or take. */
export async function changeRole(tenancy: Tenancy, company: Company, memberId: string, role: Role): Promise<Member> {
  return tenancy.transaction(async (db, enter) => {
    const { caller, member } = await lockPair(db, company, memberId)
    for (const one of [member.role, role]) requireGrantable(caller.role, one)
    if (role !== 'owner') await requireOtherOwner(db, company, member)
    await setRole(db, company, memberId, role)
    const [row] = await company.within(
      db,
      enter,
    )(inside => inside.select().from(members).where(eq(members.id, memberId)))
    return shape(company, row as Row, { ...member, role })
  })
}

/** Takes a member out of the company. Throws `not_found`, `last_owner`, `forbidden` for one who is not the caller's to remove. */
export async function removeMember(tenancy: Tenancy, company: Company, memberId: string): Promise<void> {
  await tenancy.transaction(async (db, enter) => {
    const { caller, member } = await lockPair(db, company, memberId)
    requireGrantable(caller.role, member.role)
    await requireOtherOwner(db, company, member)
    await endMembership(db, company.within(db, enter), { companyId: company.id, userId: member.userId })
  })
}

/** Takes the caller out of the company. Throws `last_owner`. */
export async function leave(tenancy: Tenancy, company: Company): Promise<void> {
  await tenancy.transaction(async (db, enter) => {
    const { caller } = await lockPair(db, company, company.memberId)
    await requireOtherOwner(db, company, caller)
    await endMembership(db, company.within(db, enter), { companyId: company.id, userId: caller.userId })
  })
}

/** Makes a member the owner in the caller's place, who becomes an admin. Throws `not_found`, `forbidden`. */
export async function transferOwnership(tenancy: Tenancy, company: Company, memberId: string): Promise<CompanyShape> {
  return tenancy.transaction(async db => {
    const { caller, member } = await lockPair(db, company, memberId)
    requireGrantable(caller.role, 'owner')
    if (member.userId === caller.userId) return describeCompany(company)
    await setRole(db, company, memberId, 'owner')
    await setRole(db, company, company.memberId, 'admin')
    return describeCompany({ ...company, role: 'admin' })
  })
}

/** Throws `forbidden` unless `role` is one that somebody who is `mine` may give and take away. */
export function requireGrantable(mine: Role, role: Role): void {
  if (grantableBy(mine).includes(role)) return
  throw new ProblemError(
    'forbidden',
    role === 'owner'
      ? `Only owners decide who owns the company, and you are ${mine}.`
      : `Your role in this company, ${mine}, does not allow members.write.`,
  )
}

type Present = { userId: string; memberId: string; role: Role; email: string }
type Row = typeof members.$inferSelect

/** Those of the members who belong to the company now, by member id. */
async function findPresent(db: ControlDb, { id }: Company, memberIds: string[]): Promise<Map<string, Present>> {
  const rows = await db
    .select({ userId: users.id, memberId: memberships.memberId, role: memberships.role, email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.companyId, id), inArray(memberships.memberId, memberIds)))
  return new Map(rows.map(row => [row.memberId, row]))
}

/**
 * The caller and a member as they are now, and until the transaction ends: changes of who owns a company take turns at its
 * row, so two who both leave do not each count on the other.
 */
async function lockPair(db: ControlTransaction, company: Company, memberId: string) {
  await db.select({ id: companies.id }).from(companies).where(eq(companies.id, company.id)).for('no key update')
  const present = await findPresent(db, company, [company.memberId, memberId])
  const caller = present.get(company.memberId)
  if (!caller) throw new ProblemError('company_not_found', 'You belong to no company of this name or id.')
  const member = present.get(memberId)
  if (!member) throw new ProblemError('not_found', 'Nobody with this id belongs to the company.')
  return { caller, member }
}

/** Throws `last_owner` when nobody would own the company without this one. */
async function requireOtherOwner(db: ControlTransaction, { id }: Company, { role, userId }: Present): Promise<void> {
  if (role !== 'owner') return
  const isOther = and(eq(memberships.companyId, id), eq(memberships.role, 'owner'), ne(memberships.userId, userId))
  if ((await db.$count(memberships, isOther)) > 0) return
  throw new ProblemError(
    'last_owner',
    'This is its only owner. Make somebody else an owner first, or delete the company.',
  )
}

async function setRole(db: ControlTransaction, { id }: Company, memberId: string, role: Role): Promise<void> {
  await db
    .update(memberships)
    .set({ role })
    .where(and(eq(memberships.companyId, id), eq(memberships.memberId, memberId)))
}

function shape(company: Company, { id, name, leftAt, createdAt }: Row, present: Present | undefined): Member {
  return {
    id,
    name,
    active: leftAt === null,
    role: present?.role ?? null,
    email: allows(company.role, 'members.write') ? (present?.email ?? null) : null,
    createdAt: createdAt.toISOString(),
  }
}
