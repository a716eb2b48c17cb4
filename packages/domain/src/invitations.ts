import type { CreateInvitation, Invitation, NewInvitation } from '@spintrack/contract/invitations'
import { limits } from '@spintrack/contract/limits'
import { grantableBy, type Role } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import { companies } from '@spintrack/database/public/companies'
import { invitations } from '@spintrack/database/public/invitations'
import { memberships } from '@spintrack/database/public/memberships'
import { outbox } from '@spintrack/database/public/outbox'
import { users } from '@spintrack/database/public/users'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { and, desc, eq, lt, lte, sql } from 'drizzle-orm'
import { normalizeEmail } from './addresses.ts'
import type { Company } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'
import { hashLinkSecret, newLinkSecret } from './link-secret.ts'
import { mails } from './mails.ts'
import { requireGrantable } from './members.ts'
import { linkTo, type Mailer, postMail } from './outbox.ts'

/** The open invitations of a company, newest first. */
export async function listInvitations(
  db: ControlDb,
  company: Company,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const rows = await db
    .select({ invitation: invitations, inviterRole: memberships.role, expired })
    .from(invitations)
    .leftJoin(
      memberships,
      and(eq(memberships.userId, invitations.invitedBy), eq(memberships.companyId, invitations.companyId)),
    )
    .where(and(eq(invitations.companyId, company.id), cursor ? lt(invitations.id, decodeCursor(cursor).id) : undefined))
    .orderBy(desc(invitations.id))
    .limit(limit + 1)
  return page(rows, limit, shape, row => ({ key: 0, id: row.invitation.id }))
}

/**
 * Invites an address by mail, or makes a link for whoever gets it. The link of a mail is for its address alone, so that to
 * have it shows whose the mailbox is: not even the inviter sees it. Throws `forbidden` for a role that is not the caller's
 * to give, `already_member`, `already_invited`, `too_many_invitations`, `rate_limited`.
 */
export async function createInvitation(
  { transaction }: Tenancy,
  company: Company,
  { email, role }: CreateInvitation,
  mailer: Mailer,
): Promise<NewInvitation> {
  requireGrantable(company.role, role)
  const { sealed, ...made } = await transaction(async db => {
    const inviter = await lockInviter(db, company)
    await requireRoom(db, company)
    const address = email === undefined ? null : normalizeEmail(email)
    if (address !== null) await requireStranger(db, company, address)
    const secret = newLinkSecret()
    const [row] = await db
      .insert(invitations)
      .values({ id: newId(), companyId: company.id, email: address, role, ...sentNow(company, inviter, secret) })
      .onConflictDoNothing({ target: [invitations.companyId, invitations.email] })
      .returning()
    if (!row) throw alreadyInvited()
    await deliver(db, company, inviter, row, secret, mailer)
    return { ...shapePending(row), sealed: address === null ? mailer.seal.close(secret) : null }
  })
  return { ...made, link: sealed === null ? null : inviteLink(mailer, mailer.seal.open(sealed)) }
}

/**
 * Sends an invitation again: with another link, so that the one before is of no use, for as many days as a new one, and in
 * the caller's name. Throws `not_found`, `forbidden`, `rate_limited`.
 */
export async function renewInvitation(
  { transaction }: Tenancy,
  company: Company,
  id: string,
  mailer: Mailer,
): Promise<NewInvitation> {
  return transaction(async db => {
    const inviter = await lockInviter(db, company)
    const secret = newLinkSecret()
    const [row] = await db
      .update(invitations)
      .set(sentNow(company, inviter, secret))
      .where(isOf(company, id))
      .returning()
    if (!row) throw noInvitation()
    requireGrantable(company.role, row.role)
    await deliver(db, company, inviter, row, secret, mailer)
    return { ...shapePending(row), link: row.email === null ? inviteLink(mailer, secret) : null }
  })
}

/** Withdraws an invitation: its link is of no use from then on. Throws `not_found`. */
export async function deleteInvitation(db: ControlDb, company: Company, id: string): Promise<void> {
  const { rowCount } = await db.delete(invitations).where(isOf(company, id))
  if (!rowCount) throw noInvitation()
}

/** Whether somebody of this role, null for one who has left, may invite others to `role`. */
export function mayInvite(inviter: Role | null, role: Role): boolean {
  return inviter !== null && grantableBy(inviter).includes(role)
}

type Row = typeof invitations.$inferSelect
type Inviter = { userId: string; name: string }

const expired = sql<boolean>`${invitations.expiresAt} <= now()`

function sentNow({ memberId }: Company, { userId }: Inviter, secret: string) {
  return {
    tokenHash: hashLinkSecret(secret),
    invitedBy: userId,
    memberId,
    expiresAt: sql`now() + ${sql.raw(`interval '${limits.days.invitation} days'`)}`,
  }
}

/** The caller. Invitations of one company are written one at a time, so that what is counted stays true. */
async function lockInviter(db: ControlTransaction, { id, memberId }: Company): Promise<Inviter> {
  await db.select({ id: companies.id }).from(companies).where(eq(companies.id, id)).for('no key update')
  const [inviter] = await db
    .select({ userId: users.id, name: users.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.companyId, id), eq(memberships.memberId, memberId)))
  if (!inviter) throw new ProblemError('company_not_found', 'You belong to no company of this name or id.')
  return inviter
}

async function requireRoom(db: ControlTransaction, { id }: Company): Promise<void> {
  await db.delete(invitations).where(and(eq(invitations.companyId, id), lte(invitations.expiresAt, sql`now()`)))
  if ((await db.$count(invitations, eq(invitations.companyId, id))) < limits.invitationsPerCompany) return
  throw new ProblemError(
    'too_many_invitations',
    `A company has at most ${limits.invitationsPerCompany} open invitations. Withdraw one that is not needed.`,
  )
}

/** Tells only of who belongs to this company, which its people see anyway. */
async function requireStranger(db: ControlTransaction, { id }: Company, email: string): Promise<void> {
  const [member] = await db
    .select({ id: users.id })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.companyId, id), eq(users.email, email)))
  if (!member) return
  throw new ProblemError('already_member', 'Somebody with this address belongs to the company already.', {
    errors: [{ path: '/body/email', message: 'belongs to a member already' }],
  })
}

async function deliver(
  db: ControlTransaction,
  company: Company,
  { name: inviter }: Inviter,
  { email, role }: Row,
  secret: string,
  mailer: Mailer,
): Promise<void> {
  if (email === null) return
  await requireMailBudget(db, company, email)
  const mail = mails.invitation({ company: company.name, inviter, role, link: inviteLink(mailer, secret) })
  await postMail(db, mailer, { to: email, companyId: company.id, mail })
}

/** Nobody shall be able to fill a stranger's mailbox by inviting, withdrawing and inviting again. */
async function requireMailBudget(db: ControlTransaction, { id }: Company, email: string): Promise<void> {
  const { perHour, perAddressAndDay } = limits.invitationMails
  const since = (interval: string) => sql`${outbox.createdAt} > now() - ${sql.raw(`interval '${interval}'`)}`
  const [written] = await db
    .select({
      hour: sql<string>`count(*) filter (where ${since('1 hour')})`,
      address: sql<string>`count(*) filter (where ${eq(outbox.recipient, email)})`,
    })
    .from(outbox)
    .where(and(eq(outbox.companyId, id), since('1 day')))
  if (Number(written?.hour) < perHour && Number(written?.address) < perAddressAndDay) return
  throw new ProblemError('rate_limited', 'The company has sent many invitations already. Try again in an hour.', {
    retryAfter: 3600,
  })
}

function inviteLink(mailer: Mailer, secret: string): string {
  return linkTo(mailer, `/invite/${secret}`)
}

function isOf(company: Company, id: string) {
  return and(eq(invitations.id, id), eq(invitations.companyId, company.id))
}

function noInvitation(): ProblemError {
  return new ProblemError('not_found', 'There is no such open invitation in this company.')
}

function alreadyInvited(): ProblemError {
  return new ProblemError('already_invited', 'This address has an open invitation. Send that again instead.', {
    errors: [{ path: '/body/email', message: 'has an open invitation already' }],
  })
}

type Listed = { invitation: Row; inviterRole: Role | null; expired: boolean }

function shape({ invitation, inviterRole, expired }: Listed): Invitation {
  const { id, email, role, memberId, createdAt, expiresAt } = invitation
  return {
    id,
    email,
    role,
    memberId,
    state: expired ? 'expired' : mayInvite(inviterRole, role) ? 'pending' : 'void',
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}

/** One that was sent a moment ago, by somebody who may. */
function shapePending(invitation: Row): Invitation {
  return shape({ invitation, inviterRole: 'owner', expired: false })
}
