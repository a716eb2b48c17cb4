import { ProblemError } from '@spintrack/contract/problems'
import type { LogIn, SignUp } from '@spintrack/contract/session'
import { users } from '@spintrack/database/public/users'
import type { ControlDb } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { eq, sql } from 'drizzle-orm'
import { normalizeEmail } from './addresses.ts'
import { askToConfirm } from './confirmations.ts'
import type { Hasher } from './hashing.ts'
import { newId } from './ids.ts'
import type { Mailer } from './outbox.ts'
import { checkPassword } from './passwords.ts'
import { emailTaken } from './refusals.ts'

/**
 * Makes an account and returns its id; `verified` when its address is known to be its owner's. Throws `weak_password`,
 * `email_taken`, or `rate_limited` when too many hash at once.
 */
export async function signUp(
  db: ControlDb,
  hasher: Hasher,
  { email, password, name }: SignUp,
  { verified = false } = {},
): Promise<string> {
  const address = normalizeEmail(email)
  checkPassword(password, { email: address, name })
  const passwordHash = await hasher.hash(password)
  const [user] = await db
    .insert(users)
    .values({
      id: newId(),
      email: address,
      name: name.trim(),
      passwordHash,
      ...(verified && { emailVerifiedAt: sql`now()` }),
    })
    .onConflictDoNothing({ target: users.email })
    .returning({ id: users.id })
  if (!user) throw emailTaken()
  return user.id
}

/**
 * Begins a sign-up whose account comes to be when its address is confirmed: until then nobody can log in, and nobody else is
 * kept from signing up with the address. Known and unknown ones look alike. Throws `weak_password`, `rate_limited`.
 */
export async function beginSignUp(
  tenancy: Tenancy,
  hasher: Hasher,
  mailer: Mailer,
  { email, password, name }: SignUp,
): Promise<void> {
  const address = normalizeEmail(email)
  checkPassword(password, { email: address, name })
  const passwordHash = await hasher.hash(password)
  await tenancy.transaction(db => askToConfirm(db, mailer, address, { name: name.trim(), passwordHash }))
}

/**
 * Checks an address and password and returns the user's id. An unknown address costs the same time and answers the
 * same `invalid_credentials` as a wrong password.
 */
export async function logIn(db: ControlDb, hasher: Hasher, { email, password }: LogIn): Promise<string> {
  const [user] = await db
    .select({ id: users.id, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
  const right = user ? await hasher.verify(user.passwordHash, password) : await hasher.verifyDummy(password)
  if (!user || !right) throw new ProblemError('invalid_credentials', 'E-mail address or password is wrong.')
  if (hasher.needsRehash(user.passwordHash)) {
    await db
      .update(users)
      .set({ passwordHash: await hasher.hash(password) })
      .where(eq(users.id, user.id))
  }
  return user.id
}

/** The account of an address, if there is one. */
export async function findUser(db: ControlDb, email: string): Promise<{ id: string; name: string } | undefined> {
  const [user] = await db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(eq(users.email, normalizeEmail(email)))
  return user
}

/** Takes an address for its owner's, on an operator's word. Throws `not_found`. */
export async function verifyEmail(db: ControlDb, email: string): Promise<void> {
  const { rowCount } = await db
    .update(users)
    .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())` })
    .where(eq(users.email, normalizeEmail(email)))
  if (!rowCount) throw new ProblemError('not_found', `Nobody has the address ${normalizeEmail(email)}.`)
}
