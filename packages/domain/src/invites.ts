import type { DecideInvite, Decision, Invite, MyInvite } from '@spintrack/contract/invitations'
import { limits } from '@spintrack/contract/limits'
import { grantableBy, type Role, roles } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import type { User } from '@spintrack/contract/session'
import { companies } from '@spintrack/database/public/companies'
import { invitations } from '@spintrack/database/public/invitations'
import { memberships } from '@spintrack/database/public/memberships'
import { users } from '@spintrack/database/public/users'
import { members } from '@spintrack/database/tenant/members'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { tenants } from '@spintrack/tenancy/tenants'
import { and, desc, eq, gt, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { normalizeEmail } from './addresses.ts'
import { inside, requireServable } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { isId, newId } from './ids.ts'
import { hashLinkSecret } from './link-secret.ts'

/** What whoever has the link of an invitation may know before logging in. Throws `token_invalid`. */
export async function findInvite(db: ControlDb, token: string): Promise<Invite> {
  const [invite] = await open(db, hasToken(token))
  if (!invite) throw tokenInvalid()
  const { company, inviter, email, role, expiresAt } = invite
  return { company: { name: company.name }, inviter, email, role, expiresAt: expiresAt.toISOString() }
}

/** Whether `token` is that of an invitation by mail to this address: then who has it reads what is sent there. */
export async function isInvitedAt(db: ControlDb, token: string, email: string): Promise<boolean> {
  const [invite] = await open(db, and(hasToken(token), eq(invitations.email, normalizeEmail(email))))
  return invite !== undefined
}

/** The invitations to a person's address, newest first; none to an address that may be somebody else's. */
export async function listMyInvites(
  db: ControlDb,
  user: User,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const before = cursor ? lt(invitations.id, decodeCursor(cursor).id) : undefined
  const rows = user.emailVerified
    ? await open(db, and(eq(invitations.email, user.email), before))
        .orderBy(desc(invitations.id))
        .limit(limit + 1)
    : []
  return page(rows, limit, shapeMine, row => ({ key: 0, id: row.id }))
}

/**
 * Accepts or declines an invitation: the one of a link, or by its id one to the person's verified address. It is of use
 * once, however many try at the same moment. Throws `token_invalid`, also when the inviter may not invite any more;
 * `forbidden` for one to another address; `already_member`.
 */
export async function decideInvite(
  { transaction }: Tenancy,
  user: User,
  tokenOrId: string,
  { decision }: DecideInvite,
): Promise<Decision> {
  return transaction(async (db, enter) => {
    const byId = isId(tokenOrId)
    if (byId && !user.emailVerified) throw tokenInvalid()
    const which = byId ? and(eq(invitations.id, tokenOrId), eq(invitations.email, user.email)) : hasToken(tokenOrId)
    // Who comes second waits here, and then finds nothing.
    const [invite] = await open(db, which).for('update', { of: invitations })
    if (!invite) throw tokenInvalid()
    if (invite.email !== null && invite.email !== user.email) throw otherAddress()
    await db.delete(invitations).where(eq(invitations.id, invite.id))
    if (decision === 'declined') return { decision, company: null }

    requireServable(invite.tenant.version)
    const { company, role, tenant } = invite
    const memberId = await join(db, { userId: user.id, companyId: company.id, role })
    await inside(enter, tenant)(db => db.insert(members).values({ id: memberId, name: user.name }))
    // The link went to this address alone, so whoever has it reads what is sent there.
    if (invite.email !== null) await noteVerified(db, user.id)
    return { decision, company }
  })
}

/** Invitations that can be accepted now: in time, of a company that is open, from somebody who may still invite to the role. */
function open(db: ControlDb | ControlTransaction, which: SQL | undefined) {
  const inviter = alias(memberships, 'inviter')
  const mayStill = roles.map(role => and(eq(inviter.role, role), inArray(invitations.role, [...grantableBy(role)])))
  return db
    .select({
      id: invitations.id,
      email: invitations.email,
      role: invitations.role,
      expiresAt: invitations.expiresAt,
      inviter: { name: users.name },
      company: { id: companies.id, slug: companies.slug, name: companies.name },
      tenant: { name: tenants.name, version: tenants.version },
    })
    .from(invitations)
    .innerJoin(companies, eq(companies.id, invitations.companyId))
    .innerJoin(tenants, eq(tenants.name, companies.tenant))
    .innerJoin(users, eq(users.id, invitations.invitedBy))
    .innerJoin(inviter, and(eq(inviter.userId, invitations.invitedBy), eq(inviter.companyId, invitations.companyId)))
    .where(and(which, gt(invitations.expiresAt, sql`now()`), eq(tenants.state, 'ready'), or(...mayStill)))
    .$dynamic()
}

function hasToken(token: string) {
  return eq(invitations.tokenHash, hashLinkSecret(token))
}

/** Returns the id of the member to be. Throws `already_member`. */
async function join(
  db: ControlTransaction,
  { userId, companyId, role }: { userId: string; companyId: string; role: Role },
): Promise<string> {
  const memberId = newId()
  const { rowCount } = await db
    .insert(memberships)
    .values({ userId, companyId, role, memberId })
    .onConflictDoNothing({ target: [memberships.userId, memberships.companyId] })
  if (!rowCount) throw new ProblemError('already_member', 'You belong to this company already.')
  return memberId
}

async function noteVerified(db: ControlTransaction, userId: string): Promise<void> {
  await db
    .update(users)
    .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())` })
    .where(eq(users.id, userId))
}

function tokenInvalid(): ProblemError {
  return new ProblemError(
    'token_invalid',
    'The invitation has ended, was used or withdrawn, or the link is not whole. Ask for a new one.',
  )
}

function otherAddress(): ProblemError {
  return new ProblemError(
    'forbidden',
    'This invitation is for another e-mail address than yours. Log in with that one, or ask for one to yours.',
  )
}

type Open = Awaited<ReturnType<typeof open>>[number]

function shapeMine({ id, company, inviter, role, expiresAt }: Open): MyInvite {
  return { id, company: { name: company.name }, inviter, role, expiresAt: expiresAt.toISOString() }
}
