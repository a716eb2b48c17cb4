import type { CompanySummary, User } from '@spintrack/contract/session'
import type { TokenScope } from '@spintrack/contract/tokens'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { sessions } from '@spintrack/database/public/sessions'
import { tokens } from '@spintrack/database/public/tokens'
import { users } from '@spintrack/database/public/users'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { tenants } from '@spintrack/tenancy/tenants'
import { and, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import { companyColumns, type Membership } from './company.ts'
import { isId } from './ids.ts'
import { hashSessionId } from './sessions.ts'
import { stale } from './stale.ts'
import { hashToken, isToken } from './token-format.ts'

/** Who is calling, as of this moment: somebody who logged in, or a script with one of their tokens. */
export type Principal = SessionPrincipal | TokenPrincipal

export type SessionPrincipal = Caller & {
  readonly session: {
    readonly idHash: string
    readonly expiresAt: Date
    readonly companyId: string | null
    readonly stale: boolean
  }
  readonly token?: never
}

export type TokenPrincipal = Caller & {
  readonly token: { readonly id: string; readonly scopes: readonly TokenScope[]; readonly stale: boolean }
  readonly session?: never
}

type Caller = {
  readonly user: User
  /** The caller's membership in the company asked for, or in the session's or token's; null when there is none. */
  readonly membership: (Membership & { readonly stale: boolean }) | null
}

/** Finds the principal of a session id and, for the company asked for by id or slug, else the session's, the membership. */
export type FindPrincipal = (sessionId: string, company?: string) => Promise<SessionPrincipal | null>

/** Finds the principal of a token. Without a membership when `company`, an id or slug, is another than the token's own. */
export type FindTokenPrincipal = (token: string, company?: string) => Promise<TokenPrincipal | null>

/**
 * One query joins session, user, membership, company and tenant on every request, so that an ended session or a lost
 * membership is refused on the very next one. It is prepared once for each way of naming the company.
 */
export function createFindPrincipal(db: ControlDb): FindPrincipal {
  const wanted = sql.placeholder('wanted')
  const bySession = prepare(db, 'principal_by_session', eq(companies.id, sessions.companyId))
  const byId = prepare(db, 'principal_by_company_id', eq(companies.id, wanted))
  const bySlug = prepare(db, 'principal_by_company_slug', eq(companies.slug, wanted))
  return async (sessionId, company) => {
    const query = company === undefined ? bySession : isId(company) ? byId : bySlug
    const [row] = await query.execute({
      idHash: hashSessionId(sessionId),
      ...(company !== undefined && { wanted: company }),
    })
    return row ? sessionPrincipal(row) : null
  }
}

/**
 * One query joins token, membership, user, company and tenant, for the same reason. What cannot be a token is refused
 * without it.
 */
export function createFindTokenPrincipal(db: ControlDb): FindTokenPrincipal {
  const query = prepareToken(db)
  return async (token, company) => {
    if (!isToken(token)) return null
    const [row] = await query.execute({ hash: hashToken(token) })
    return row ? tokenPrincipal(row, company) : null
  }
}

const userColumns = {
  id: users.id,
  email: users.email,
  name: users.name,
  emailVerifiedAt: users.emailVerifiedAt,
  staff: users.staff,
}

const tenantColumns = { tenant: tenants.name, state: tenants.state, tenantVersion: tenants.version }

function prepare(db: ControlDb, name: string, company: SQL) {
  return db
    .select({
      user: userColumns,
      session: {
        idHash: sessions.idHash,
        expiresAt: sessions.expiresAt,
        companyId: sessions.companyId,
        stale: stale(sessions.lastSeenAt),
      },
      membership: {
        role: memberships.role,
        memberId: memberships.memberId,
        stale: stale(memberships.lastOpenedAt),
      },
      company: companyColumns,
      tenant: tenantColumns,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(companies, company)
    .leftJoin(memberships, and(eq(memberships.userId, users.id), eq(memberships.companyId, companies.id)))
    .leftJoin(tenants, eq(tenants.name, companies.tenant))
    .where(
      and(
        eq(sessions.idHash, sql.placeholder('idHash')),
        isNull(sessions.revokedAt),
        gt(sessions.idleExpiresAt, sql`now()`),
        gt(sessions.expiresAt, sql`now()`),
      ),
    )
    .prepare(name)
}

function prepareToken(db: ControlDb) {
  return db
    .select({
      user: userColumns,
      token: {
        id: tokens.id,
        scopes: tokens.scopes,
        stale: stale(tokens.lastUsedAt),
      },
      membership: { role: memberships.role, memberId: memberships.memberId },
      company: companyColumns,
      tenant: tenantColumns,
    })
    .from(tokens)
    .innerJoin(memberships, and(eq(memberships.userId, tokens.userId), eq(memberships.companyId, tokens.companyId)))
    .innerJoin(users, eq(users.id, tokens.userId))
    .innerJoin(companies, eq(companies.id, tokens.companyId))
    .innerJoin(tenants, eq(tenants.name, companies.tenant))
    .where(
      and(eq(tokens.hash, sql.placeholder('hash')), or(isNull(tokens.expiresAt), gt(tokens.expiresAt, sql`now()`))),
    )
    .prepare('principal_by_token')
}

type RowOf<Query extends (...args: never[]) => { execute(): Promise<unknown[]> }> = Awaited<
  ReturnType<ReturnType<Query>['execute']>
>[number]

function sessionPrincipal({ user, session, membership, company, tenant }: RowOf<typeof prepare>): SessionPrincipal {
  return {
    user: shapeUser(user),
    session,
    membership: membership && company && tenant ? shapeMembership({ ...company, ...membership, ...tenant }) : null,
  }
}

function tokenPrincipal(
  { user, token, membership, company, tenant }: RowOf<typeof prepareToken>,
  wanted: string | undefined,
): TokenPrincipal {
  const own = wanted === undefined || wanted === company.slug || wanted.toLowerCase() === company.id
  // Never stale: a script at work is nobody who opened the company.
  const opened = { ...company, ...membership, ...tenant, stale: false }
  return { user: shapeUser(user), token, membership: own ? shapeMembership(opened) : null }
}

type UserRow = Omit<User, 'emailVerified'> & { emailVerifiedAt: Date | null }

function shapeUser({ emailVerifiedAt, ...user }: UserRow): User {
  return { ...user, emailVerified: emailVerifiedAt !== null }
}

/** Where a company is, its tenant has one of the states that companies are shown in. */
function shapeMembership<T extends { state: string }>(row: T): T & { state: CompanySummary['state'] } {
  return { ...row, state: row.state as CompanySummary['state'] }
}
