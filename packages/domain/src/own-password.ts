import type { ChangePassword } from '@spintrack/contract/account'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { passwordResets } from '@spintrack/database/public/password-resets'
import { users } from '@spintrack/database/public/users'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { and, eq, gt, sql } from 'drizzle-orm'
import { mailStranger } from './account-mail.ts'
import { normalizeEmail } from './addresses.ts'
import { linkInvalid } from './confirmations.ts'
import type { Hasher } from './hashing.ts'
import { newId } from './ids.ts'
import { hashLinkSecret, newLinkSecret } from './link-secret.ts'
import { mails } from './mails.ts'
import { linkTo, type Mailer, postMail } from './outbox.ts'
import { checkPassword } from './passwords.ts'
import { revokeSessions } from './sessions.ts'

/** Writes to an address how to choose a new password, or that it has no account: whoever asked sees no difference. */
export async function requestReset(tenancy: Tenancy, mailer: Mailer, email: string): Promise<void> {
  const address = normalizeEmail(email)
  await tenancy.transaction(db =>
    mailStranger(db, mailer, address, async () => {
      const secret = newLinkSecret()
      const holder = sql`select ${users.id} from ${users} where ${users.email} = ${address}`
      // The link before is of no use any more. The same two statements for who has an account and who has none.
      await db.delete(passwordResets).where(sql`${passwordResets.userId} in (${holder})`)
      const { rowCount } = await db.execute(sql`
        insert into ${passwordResets} (id, user_id, token_hash, expires_at)
        select ${newId()}, holder.id, ${hashLinkSecret(secret)}, now() + ${sql.raw(`interval '${limits.hours.passwordReset} hours'`)}
        from (${holder}) holder`)
      return rowCount
        ? mails.resetPassword({ link: linkTo(mailer, `/reset/${secret}`) })
        : mails.noAccount({ signUp: linkTo(mailer, '/signup') })
    }),
  )
}

/**
 * Sets the password of whoever was sent a link, and ends all of their sessions. To have the link shows whose the mailbox
 * is, so the address counts as verified. Throws `token_invalid`, `weak_password`, `rate_limited`.
 */
export async function resetPassword(
  tenancy: Tenancy,
  hasher: Hasher,
  mailer: Mailer,
  { token, password }: { token: string; password: string },
): Promise<void> {
  const person = await findHolder(tenancy.control, token)
  checkPassword(password, person)
  // Before the transaction, which nobody should wait for so long.
  const passwordHash = await hasher.hash(password)
  await tenancy.transaction(async db => {
    const [used] = await db.delete(passwordResets).where(hasToken(token)).returning({ userId: passwordResets.userId })
    if (!used) throw linkInvalid()
    await store(db, mailer, { userId: used.userId, passwordHash })
    await db
      .update(users)
      .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())` })
      .where(eq(users.id, used.userId))
  })
}

/** Changes the password of somebody who knows it, and ends all of their sessions. Throws `invalid_credentials`, `weak_password`, `rate_limited`. */
export async function changePassword(
  tenancy: Tenancy,
  hasher: Hasher,
  mailer: Mailer,
  userId: string,
  { currentPassword, newPassword }: ChangePassword,
): Promise<void> {
  const person = await requirePassword(tenancy.control, hasher, userId, currentPassword)
  checkPassword(newPassword, person, 'newPassword')
  const passwordHash = await hasher.hash(newPassword)
  await tenancy.transaction(db => store(db, mailer, { userId, passwordHash, before: person.passwordHash }))
}

/** Lets nobody through who does not know the password of the user they are logged in as. Throws `invalid_credentials`. */
export async function requirePassword(db: ControlDb, hasher: Hasher, userId: string, password: string) {
  const [user] = await db
    .select({ email: users.email, name: users.name, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId))
  if (user && (await hasher.verify(user.passwordHash, password))) return user
  throw new ProblemError('invalid_credentials', 'The current password is wrong.', {
    errors: [{ path: '/body/currentPassword', message: 'is wrong' }],
  })
}

type NewPassword = { userId: string; passwordHash: string; before?: string }

/** With `before`, only in place of that one: whoever changes it at the same moment comes second. */
async function store(db: ControlTransaction, mailer: Mailer, { userId, passwordHash, before }: NewPassword) {
  const [user] = await db
    .update(users)
    .set({ passwordHash })
    .where(and(eq(users.id, userId), before === undefined ? undefined : eq(users.passwordHash, before)))
    .returning({ email: users.email })
  if (!user) throw new ProblemError('invalid_credentials', 'The password was changed a moment ago.')
  await revokeSessions(db, userId)
  await db.delete(passwordResets).where(eq(passwordResets.userId, userId))
  await postMail(db, mailer, { to: user.email, mail: mails.passwordChanged({ reset: linkTo(mailer, '/reset') }) })
}

async function findHolder(db: ControlDb, token: string) {
  const [user] = await db
    .select({ email: users.email, name: users.name })
    .from(passwordResets)
    .innerJoin(users, eq(users.id, passwordResets.userId))
    .where(hasToken(token))
  if (!user) throw linkInvalid()
  return user
}

function hasToken(token: string) {
  return and(eq(passwordResets.tokenHash, hashLinkSecret(token)), gt(passwordResets.expiresAt, sql`now()`))
}
