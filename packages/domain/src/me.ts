import type { UpdateMe, VerificationRequired } from '@spintrack/contract/account'
import { ProblemError } from '@spintrack/contract/problems'
import type { User } from '@spintrack/contract/session'
import { users } from '@spintrack/database/public/users'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { eq } from 'drizzle-orm'
import { normalizeEmail } from './addresses.ts'
import { askToConfirm, moveAddress } from './confirmations.ts'
import type { Hasher } from './hashing.ts'
import type { Mailer } from './outbox.ts'
import { requirePassword } from './own-password.ts'

/** Whether an address must be confirmed by who reads its mail before it counts. */
export type EmailVerification = 'required' | 'off'

export type Asker = { user: User; sessionIdHash: string }

/**
 * Changes the name or address of a user. Another address needs the password. Where addresses must be confirmed it counts once
 * the mail to it was answered, and until then nothing is seen of it; elsewhere at once. Throws `invalid_request`,
 * `invalid_credentials`, and `email_taken` where it counts at once.
 */
export async function updateMe(
  tenancy: Tenancy,
  hasher: Hasher,
  mailer: Mailer,
  { user, sessionIdHash }: Asker,
  { name, email, currentPassword }: UpdateMe,
  verification: EmailVerification,
): Promise<User> {
  const address = email === undefined ? user.email : normalizeEmail(email)
  const moves = address !== user.email
  if (moves) await requirePassword(tenancy.control, hasher, user.id, currentPassword ?? missing())
  await tenancy.transaction(async db => {
    if (name !== undefined) await db.update(users).set({ name: name.trim() }).where(eq(users.id, user.id))
    if (!moves) return
    const purpose = { userId: user.id, sessionIdHash }
    if (verification === 'required') await askToConfirm(db, mailer, address, purpose)
    else await moveAddress(db, mailer, { ...purpose, email: address, verified: false })
  })
  const moved = moves && verification === 'off' && { email: address, emailVerified: false }
  return { ...user, ...(name !== undefined && { name: name.trim() }), ...moved }
}

/** Writes to a user how to verify the address they have. */
export async function verifyMine(
  { transaction }: Tenancy,
  mailer: Mailer,
  { user, sessionIdHash }: Asker,
): Promise<VerificationRequired> {
  return transaction(async db => {
    await askToConfirm(db, mailer, user.email, { userId: user.id, sessionIdHash })
    return { status: 'verification_required' }
  })
}

function missing(): never {
  throw new ProblemError('invalid_request', '/body/currentPassword is required to change the address.', {
    errors: [{ path: '/body/currentPassword', message: 'is required to change the address' }],
  })
}
