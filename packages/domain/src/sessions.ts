import { createHash } from 'node:crypto'
import { memberships } from '@spintrack/database/public/memberships'
import { sessions } from '@spintrack/database/public/sessions'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm'

/** How long a session lasts. Both limits are decided by the database's clock. */
const idle = sql`interval '12 hours'`
const absolute = sql`interval '7 days'`

/** What is stored of a session id, so that a copy of the table logs nobody in: SHA-256 in hex. */
export function hashSessionId(id: string): string {
  return createHash('sha256').update(id).digest('hex')
}

export type NewSession = {
  id: string
  userId: string
  address?: string | undefined
  browser?: string | undefined
  /** The one its user opened last, when left out. */
  companyId?: string | undefined
}

/** Stores a new session. A session is inserted once and never saved again. */
export async function createSession(
  db: ControlDb,
  { id, userId, address, browser, companyId }: NewSession,
): Promise<void> {
  await db.insert(sessions).values({
    idHash: hashSessionId(id),
    userId,
    companyId:
      companyId ??
      sql`(
      select ${memberships.companyId} from ${memberships} where ${memberships.userId} = ${userId}
      order by ${memberships.lastOpenedAt} desc nulls last, ${memberships.createdAt} limit 1
    )`,
    address,
    browser: browser?.slice(0, 300),
    idleExpiresAt: sql`now() + ${idle}`,
    expiresAt: sql`now() + ${absolute}`,
  })
}

/** Ends a session. Nothing brings it back, not even a request of its own that is still running. */
export async function revokeSession(db: ControlDb, id: string): Promise<void> {
  await db
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(sessions.idHash, hashSessionId(id)), isNull(sessions.revokedAt)))
}

/** Ends every session of a user, but for the one of `but` where there is one. */
export async function revokeSessions(
  db: ControlDb,
  userId: string,
  { but }: { but?: string | null } = {},
): Promise<void> {
  await db
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), but ? ne(sessions.idHash, but) : undefined))
}

/** Makes a company the default of a session. Does nothing to one that has ended. */
export async function chooseCompany(db: ControlDb, idHash: string, companyId: string): Promise<void> {
  await db
    .update(sessions)
    .set({ companyId })
    .where(and(eq(sessions.idHash, idHash), isNull(sessions.revokedAt)))
}

/**
 * Notes that a session was used, which moves its idle limit. Called at most once a minute for each, when a request ends: one
 * that lasted for hours, as an event stream may, must not bring back a session that expired meanwhile.
 */
export async function touchSession(db: ControlDb, idHash: string): Promise<void> {
  await db
    .update(sessions)
    .set({ lastSeenAt: sql`now()`, idleExpiresAt: sql`now() + ${idle}` })
    .where(and(eq(sessions.idHash, idHash), isNull(sessions.revokedAt), gt(sessions.idleExpiresAt, sql`now()`)))
}
