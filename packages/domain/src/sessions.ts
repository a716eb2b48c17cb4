import { createHash } from 'node:crypto'
import type { MySession } from '@spintrack/contract/account'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { memberships } from '@spintrack/database/public/memberships'
import { sessions } from '@spintrack/database/public/sessions'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { and, desc, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'

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
    publicId: newId(),
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

/** A user's sessions that can still be used, the one begun last first. */
export async function listSessions(
  db: ControlDb,
  { userId, idHash }: { userId: string; idHash: string },
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const rows = await db
    .select()
    .from(sessions)
    .where(and(isAlive(userId), cursor ? lt(sessions.publicId, decodeCursor(cursor).id) : undefined))
    .orderBy(desc(sessions.publicId))
    .limit(limit + 1)
  return page(
    rows,
    limit,
    row => shape(row, idHash),
    row => ({ key: 0, id: row.publicId }),
  )
}

/** Ends one of a user's sessions, by the id they know it by. Throws `not_found`, also for one that has ended. */
export async function endOneSession(db: ControlDb, userId: string, publicId: string): Promise<void> {
  const { rowCount } = await db
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(and(isAlive(userId), eq(sessions.publicId, publicId)))
  if (!rowCount) throw new ProblemError('not_found', 'There is no such session of yours, or it has ended.')
}

/** Deletes sessions that ended long ago: nobody looks for them any more. */
export async function forgetSessions(db: ControlDb): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, sql`now() - interval '30 days'`))
}

function isAlive(userId: string) {
  return and(
    eq(sessions.userId, userId),
    isNull(sessions.revokedAt),
    gt(sessions.idleExpiresAt, sql`now()`),
    gt(sessions.expiresAt, sql`now()`),
  )
}

function shape(row: typeof sessions.$inferSelect, current: string): MySession {
  const { publicId, idHash, address, browser, createdAt, lastSeenAt, expiresAt } = row
  return {
    id: publicId,
    address,
    browser,
    current: idHash === current,
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}
