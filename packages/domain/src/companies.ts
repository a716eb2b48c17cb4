import type { Company as CompanyShape, CreateCompany } from '@spintrack/contract/companies'
import { limits } from '@spintrack/contract/limits'
import type { CompanySummary } from '@spintrack/contract/session'
import { companyStates } from '@spintrack/contract/states'
import { tenantVersion } from '@spintrack/database/blueprint'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { users } from '@spintrack/database/public/users'
import { members } from '@spintrack/database/tenant/members'
import { claimTenant } from '@spintrack/tenancy/claim'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { tenants } from '@spintrack/tenancy/tenants'
import { and, asc, desc, eq, inArray, isNotNull, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { companyColumns, describeCompany, inside } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'
import { demoExpiry, fillDemo } from './own-demo.ts'
import { refusal, slugTaken } from './refusals.ts'
import { chooseCompany } from './sessions.ts'
import { slugCandidates } from './slugs.ts'
import { fillFromTemplate } from './templates.ts'

/** Who a new company belongs to; their session, when there is one, moves to it. */
export type Founder = { id: string; name: string; sessionIdHash?: string }

/**
 * Makes a company owned by `founder`: blank, a demo, or what a template has. Claiming a tenant and all that is written are
 * one transaction: killed at any point, nothing is left. Throws `slug_taken`, `demo_exists`, `not_found` for a template
 * that is not theirs, or NoStandbyTenant.
 */
export async function createCompany(
  tenancy: Tenancy,
  founder: Founder,
  { name, slug, template = 'blank' }: CreateCompany,
): Promise<CompanyShape> {
  return claimTenant(tenancy, { version: tenantVersion }, async (db, tenant, enter) => {
    const demo = template === 'demo' && { demoUserId: founder.id, demoExpiresAt: demoExpiry }
    const company = await insertCompany(db, { tenant: tenant.name, name: name.trim(), ...demo }, slug)
    const memberId = newId()
    await db
      .insert(memberships)
      .values({ userId: founder.id, companyId: company.id, role: 'owner', memberId, lastOpenedAt: sql`now()` })
    if (founder.sessionIdHash) await chooseCompany(db, founder.sessionIdHash, company.id)
    const home = inside(enter, tenant)
    await home(db => db.insert(members).values({ id: memberId, name: founder.name }))
    if (demo) await home(db => fillDemo(db, memberId))
    else if (template !== 'blank') await fillFromTemplate(db, enter, home, { userId: founder.id, id: template })
    return describeCompany({ ...company, role: 'owner', state: 'ready', memberId })
  }).catch(error => {
    throw refusal(error)
  })
}

/** Notes that a person opened a company. Called at most once a minute for each. */
export async function touchMembership(db: ControlDb, userId: string, companyId: string): Promise<void> {
  await db
    .update(memberships)
    .set({ lastOpenedAt: sql`now()` })
    .where(and(eq(memberships.userId, userId), eq(memberships.companyId, companyId)))
}

/** A page of the companies a person belongs to, in the order they were created. */
export async function listCompanies(
  db: ControlDb,
  userId: string,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const after = cursor === undefined ? '' : decodeCursor(cursor).id
  const mine = (await companiesOf(db, userId)).sort((a, b) => (a.id < b.id ? -1 : 1)).filter(({ id }) => id > after)
  return page(
    mine,
    limit,
    company => company,
    ({ id }) => ({ key: 0, id }),
  )
}

/** The companies a person belongs to, by name. Tells nothing of any other company. */
export async function companiesOf(db: ControlDb, userId: string): Promise<CompanySummary[]> {
  const mine = alias(memberships, 'mine')
  const opened = db
    .select({ at: memberships.lastOpenedAt, by: users.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.companyId, mine.companyId), isNotNull(memberships.lastOpenedAt)))
    .orderBy(desc(memberships.lastOpenedAt))
    .limit(1)
    .as('opened')
  const rows = await db
    .select({
      id: companies.id,
      slug: companies.slug,
      name: companies.name,
      role: mine.role,
      state: tenants.state,
      colour: companies.colour,
      lastOpenedAt: opened.at,
      lastOpenedBy: opened.by,
    })
    .from(mine)
    .innerJoin(companies, eq(companies.id, mine.companyId))
    .innerJoin(tenants, eq(tenants.name, companies.tenant))
    .leftJoinLateral(opened, sql`true`)
    .where(and(eq(mine.userId, userId), inArray(tenants.state, [...companyStates])))
    .orderBy(asc(companies.name), asc(companies.id))
  return rows.map(({ lastOpenedAt, lastOpenedBy, state, ...row }) => ({
    ...row,
    state: state as CompanySummary['state'],
    lastOpenedAt: lastOpenedAt?.toISOString() ?? null,
    lastOpenedBy: lastOpenedBy === null ? null : { name: lastOpenedBy },
  }))
}

/** Every company of the installation, by address. For operators only: no request may ask this. */
export async function everyCompany(db: ControlDb) {
  return db
    .select({
      id: companies.id,
      tenant: companies.tenant,
      slug: companies.slug,
      name: companies.name,
      state: tenants.state,
      version: tenants.version,
      createdAt: companies.createdAt,
    })
    .from(companies)
    .innerJoin(tenants, eq(tenants.name, companies.tenant))
    .orderBy(asc(companies.slug))
}

type NewCompany = { tenant: string; name: string; demoUserId?: string; demoExpiresAt?: SQL }

async function insertCompany(db: ControlTransaction, values: NewCompany, slug: string | undefined) {
  for (const candidate of slug === undefined ? slugCandidates(values.name) : [slug]) {
    const [company] = await db
      .insert(companies)
      .values({ ...values, id: newId(), slug: candidate })
      .onConflictDoNothing({ target: companies.slug })
      .returning(companyColumns)
    if (company) return company
  }
  throw slugTaken()
}
