import type { CompanySummary, User } from '@spintrack/contract/session'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { sessions } from '@spintrack/database/public/sessions'
import { users } from '@spintrack/database/public/users'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { tenants } from '@spintrack/tenancy/tenants'
import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import { companyColumns, type Membership } from './company.ts'
import { isId } from './ids.ts'
import { hashSessionId } from './sessions.ts'

/** Who is calling, as of this moment. */
export type Principal = {
  readonly user: User
  readonly session: {
    readonly idHash: string
    readonly expiresAt: Date
    readonly companyId: string | null
    readonly stale: boolean
  }
  /** The caller's membership in the company asked for, or in the session's; null when there is none. */
  readonly membership: (Membership & { readonly stale: boolean }) | null
}

/** Finds the principal of a session id and, for the company asked for by id or slug, else the session's, the membership. */
export type FindPrincipal = (sessionId: string, company?: string) => Promise<Principal | null>

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
    return row ? principal(row) : null
  }
}

const minuteAgo = sql`now() - interval '1 minute'`

function prepare(db: ControlDb, name: string, company: SQL) {
  return db
    .select({
      user: {
        id: users.id,
        email: users.email,
        name: users.name,
        emailVerifiedAt: users.emailVerifiedAt,
        staff: users.staff,
      },
      session: {
        idHash: sessions.idHash,
        expiresAt: sessions.expiresAt,
        companyId: sessions.companyId,
        stale: sql<boolean>`${sessions.lastSeenAt} < ${minuteAgo}`,
      },
      membership: {
        role: memberships.role,
        memberId: memberships.memberId,
        stale: sql<boolean>`coalesce(${memberships.lastOpenedAt} < ${minuteAgo}, true)`,
      },
      company: companyColumns,
      tenant: { tenant: tenants.name, state: tenants.state, tenantVersion: tenants.version },
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

type Row = Awaited<ReturnType<ReturnType<typeof prepare>['execute']>>[number]

function principal({ user: { emailVerifiedAt, ...user }, session, membership, company, tenant }: Row): Principal {
  return {
    user: { ...user, emailVerified: emailVerifiedAt !== null },
    session,
    membership:
      membership && company && tenant
        ? { ...company, ...membership, ...tenant, state: tenant.state as CompanySummary['state'] }
        : null,
  }
}
