import { limits } from '@spintrack/contract/limits'
import { allows } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import type { CreateToken, NewToken, Token } from '@spintrack/contract/tokens'
import { memberships } from '@spintrack/database/public/memberships'
import { tokens } from '@spintrack/database/public/tokens'
import type { ControlDb } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'
import { holder } from './memberships.ts'
import type { Seal } from './seal.ts'
import { stale } from './stale.ts'
import { hashToken, newToken, prefixOf } from './token-format.ts'

/** The tokens of a company that the caller may see, newest first: their own, and everybody's for those who oversee. */
export async function listTokens(
  db: ControlDb,
  company: Company,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const rows = await db
    .select(columns)
    .from(tokens)
    .innerJoin(memberships, and(eq(memberships.companyId, tokens.companyId), eq(memberships.userId, tokens.userId)))
    .where(and(reachable(db, company), cursor ? lt(tokens.id, decodeCursor(cursor).id) : undefined))
    .orderBy(desc(tokens.id))
    .limit(limit + 1)
  return page(rows, limit, shape, row => ({ key: 0, id: row.id }))
}

/**
 * Makes a token of the caller for this company. Only its hash is stored, and under an idempotency key for a day what
 * `seal` makes of it, which gives the same answer again. Throws `invalid_request` for an end that is past,
 * `too_many_tokens`, or `company_not_found` for who has just left.
 */
export async function createToken(
  { transaction }: Tenancy,
  company: Company,
  { name, scopes, expiresAt }: CreateToken,
  seal: Seal,
): Promise<NewToken> {
  const { sealed, ...made } = await transaction(async db => {
    // Locked, so that the count is still right when the row is stored.
    const [owner] = await holder(db, company).for('no key update')
    if (!owner) throw new ProblemError('company_not_found', 'You belong to no company of this name or id.')
    const taken = await db.$count(tokens, and(eq(tokens.companyId, company.id), eq(tokens.userId, owner.userId)))
    if (taken >= limits.tokensPerMember) {
      throw new ProblemError(
        'too_many_tokens',
        `A member can have ${limits.tokensPerMember} tokens in a company. Revoke one that is no longer used.`,
      )
    }
    const token = newToken()
    const [row] = await db
      .insert(tokens)
      .values({
        id: newId(),
        userId: owner.userId,
        companyId: company.id,
        name: name.trim(),
        hash: hashToken(token),
        prefix: prefixOf(token),
        scopes,
        expiresAt: futureOrNull(expiresAt),
      })
      .returning()
    return {
      ...shape({ ...(row as typeof tokens.$inferSelect), memberId: company.memberId }),
      sealed: seal.close(token),
    }
  })
  return { ...made, token: seal.open(sealed) }
}

/** Revokes a token: it is refused from the next request on. Throws `not_found`, also for one the caller may not see. */
export async function deleteToken(db: ControlDb, company: Company, id: string): Promise<void> {
  const { rowCount } = await db.delete(tokens).where(and(eq(tokens.id, id), reachable(db, company)))
  if (!rowCount) throw new ProblemError('not_found', 'There is no such token among those you may see.')
}

/** Notes that a token was used, once a minute however many requests come at once. */
export async function touchToken(db: ControlDb, id: string): Promise<void> {
  await db
    .update(tokens)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(tokens.id, id), stale(tokens.lastUsedAt)))
}

const columns = {
  id: tokens.id,
  memberId: memberships.memberId,
  name: tokens.name,
  prefix: tokens.prefix,
  scopes: tokens.scopes,
  createdAt: tokens.createdAt,
  lastUsedAt: tokens.lastUsedAt,
  expiresAt: tokens.expiresAt,
}

function reachable(db: ControlDb, company: Company) {
  const own = allows(company.role, 'tokens.oversee') ? undefined : inArray(tokens.userId, holder(db, company))
  return and(eq(tokens.companyId, company.id), own)
}

function futureOrNull(expiresAt: string | undefined): Date | null {
  if (expiresAt === undefined) return null
  const end = new Date(expiresAt)
  if (end.getTime() > Date.now()) return end
  throw new ProblemError('invalid_request', '/body/expiresAt must be in the future.', {
    errors: [{ path: '/body/expiresAt', message: 'must be in the future' }],
  })
}

type Row = Omit<Token, 'createdAt' | 'lastUsedAt' | 'expiresAt'> & {
  createdAt: Date
  lastUsedAt: Date | null
  expiresAt: Date | null
}

function shape({ id, memberId, name, prefix, scopes, createdAt, lastUsedAt, expiresAt }: Row): Token {
  return {
    id,
    memberId,
    name,
    prefix,
    scopes,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  }
}
