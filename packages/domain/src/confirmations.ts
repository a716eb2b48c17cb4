import type { ConfirmByCode } from '@spintrack/contract/account'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { emailConfirmations } from '@spintrack/database/public/email-confirmations'
import { passwordResets } from '@spintrack/database/public/password-resets'
import { users } from '@spintrack/database/public/users'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { and, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { mailStranger } from './account-mail.ts'
import { normalizeEmail } from './addresses.ts'
import { isCode, newCode } from './codes.ts'
import { newId } from './ids.ts'
import { hashLinkSecret, newLinkSecret } from './link-secret.ts'
import { mails } from './mails.ts'
import { linkTo, type Mailer, postMail } from './outbox.ts'
import { refusal } from './refusals.ts'
import { revokeSessions } from './sessions.ts'

/** What an address is confirmed for: a user to be, or one there is, whose session asked. */
export type Purpose = { name: string; passwordHash: string } | { userId: string; sessionIdHash: string }

/**
 * Writes a link and a code to an address, by which whoever reads its mail confirms it. To one that has an account already,
 * other than the asker's own, it writes that instead: whoever asked sees no difference.
 */
export async function askToConfirm(
  db: ControlTransaction,
  mailer: Mailer,
  email: string,
  purpose: Purpose,
): Promise<void> {
  await mailStranger(db, mailer, email, async () => {
    const { userId, sessionIdHash, name, passwordHash } = { ...nothing, ...purpose }
    const [secret, code] = [newLinkSecret(), newCode()]
    const expiresAt = sql`now() + ${sql.raw(`interval '${limits.hours.emailConfirmation} hours'`)}`
    // One statement for those who have an account and those who have none, so that time tells nothing.
    const { rowCount } = await db.execute(sql`
      insert into ${emailConfirmations} (id, email, user_id, session_id_hash, name, password_hash, token_hash, sealed_code, expires_at)
      select ${newId()}, ${email}, ${userId}::uuid, ${sessionIdHash}, ${name}, ${passwordHash}, ${hashLinkSecret(secret)},
        ${mailer.seal.close(code)}, ${expiresAt}
      where not exists (select from ${users} where ${users.email} = ${email} and ${users.id} is distinct from ${userId}::uuid)`)
    if (!rowCount) return mails.accountExists({ reset: linkTo(mailer, '/reset') })
    return mails.confirmEmail({ link: linkTo(mailer, `/verify/${secret}`), code, isNew: userId === null })
  })
}

/** Confirms the address that a link was sent to. Throws `token_invalid`. */
export async function confirmByLink(tenancy: Tenancy, mailer: Mailer, token: string): Promise<void> {
  await tenancy.transaction(async db => {
    const [confirmation] = await db
      .select()
      .from(emailConfirmations)
      .where(and(eq(emailConfirmations.tokenHash, hashLinkSecret(token)), isOpen))
      .for('update')
    if (!confirmation) throw linkInvalid()
    await confirm(db, mailer, confirmation)
  })
}

/** Confirms an address by the code that was sent there. Some wrong ones end the code, not the link. Throws `token_invalid`. */
export async function confirmByCode(tenancy: Tenancy, mailer: Mailer, { email, code }: ConfirmByCode): Promise<void> {
  const confirmed = await tenancy.transaction(async db => {
    const open = await db
      .select()
      .from(emailConfirmations)
      .where(
        and(
          eq(emailConfirmations.email, normalizeEmail(email)),
          lt(emailConfirmations.wrongCodes, limits.codeTries),
          isOpen,
        ),
      )
      .orderBy(desc(emailConfirmations.id))
      .for('update')
    const right = open.find(({ sealedCode }) => isCode(code, mailer.seal.open(sealedCode)))
    if (right) {
      await confirm(db, mailer, right)
      return true
    }
    const tried = open.map(({ id }) => id)
    await db
      .update(emailConfirmations)
      .set({ wrongCodes: sql`${emailConfirmations.wrongCodes} + 1` })
      .where(inArray(emailConfirmations.id, tried))
    return false
  })
  // After the commit, which keeps the count.
  if (!confirmed) {
    throw new ProblemError(
      'token_invalid',
      `The code is wrong, was used, or its time is over. After ${limits.codeTries} wrong ones only the link in the mail is left.`,
    )
  }
}

/** Deletes what was not confirmed in time, and links for new passwords that nobody used. */
export async function forgetConfirmations(db: ControlDb): Promise<void> {
  await db.delete(emailConfirmations).where(lt(emailConfirmations.expiresAt, sql`now()`))
  await db.delete(passwordResets).where(lt(passwordResets.expiresAt, sql`now()`))
}

const nothing = { userId: null, sessionIdHash: null, name: null, passwordHash: null }

const isOpen = gt(emailConfirmations.expiresAt, sql`now()`)

type Confirmation = typeof emailConfirmations.$inferSelect

async function confirm(db: ControlTransaction, mailer: Mailer, confirmation: Confirmation): Promise<void> {
  const { email, userId, name, passwordHash } = confirmation
  // Whoever else waited for this address is too late.
  await db.delete(emailConfirmations).where(eq(emailConfirmations.email, email))
  if (userId !== null) return moveAddress(db, mailer, { ...confirmation, userId, verified: true })
  const { rowCount } = await db
    .insert(users)
    .values({ id: newId(), email, name: String(name), passwordHash: String(passwordHash), emailVerifiedAt: sql`now()` })
    .onConflictDoNothing({ target: users.email })
  if (!rowCount) throw linkInvalid()
}

type Move = { userId: string; email: string; sessionIdHash: string | null; verified: boolean }

/**
 * Gives a user another address, or verifies their own. With another one every session ends but the one that asked, links
 * sent to the old address are of no use any more, and the old one is told. Throws `email_taken`.
 */
export async function moveAddress(
  db: ControlTransaction,
  mailer: Mailer,
  { userId, email, sessionIdHash, verified }: Move,
): Promise<void> {
  const [before] = await db.select({ email: users.email }).from(users).where(eq(users.id, userId)).for('update')
  if (!before) throw linkInvalid()
  await db
    .update(users)
    .set({ email, emailVerifiedAt: verified ? sql`now()` : null })
    .where(eq(users.id, userId))
    .catch(error => {
      throw refusal(error)
    })
  if (before.email === email) return
  await revokeSessions(db, userId, { but: sessionIdHash })
  await db.delete(passwordResets).where(eq(passwordResets.userId, userId))
  await db.delete(emailConfirmations).where(eq(emailConfirmations.userId, userId))
  await postMail(db, mailer, { to: before.email, mail: mails.emailChanged({ email }) })
}

/** The refusal of a link of a mail, whatever is wrong with it. */
export function linkInvalid(): ProblemError {
  return new ProblemError(
    'token_invalid',
    'The link was used, its time is over, or it is not whole. Ask for a new one.',
  )
}
