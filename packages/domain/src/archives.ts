import { type ArchivedCompany, isArchivedCompany } from '@spintrack/contract/archives'
import type { Role } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { users } from '@spintrack/database/public/users'
import { files } from '@spintrack/database/tenant/files'
import { members } from '@spintrack/database/tenant/members'
import type { ArchivePlan } from '@spintrack/tenancy/archive-export'
import { ArchiveRefused, manifestEntry } from '@spintrack/tenancy/archive-format'
import { type ImportOptions, importTenant } from '@spintrack/tenancy/archive-import'
import type { ControlTransaction } from '@spintrack/tenancy/handles'
import type { Pool } from '@spintrack/tenancy/pool'
import type { Blueprint } from '@spintrack/tenancy/provision'
import type { Enter, Tenant } from '@spintrack/tenancy/tenancy'
import { eq, inArray, sql } from 'drizzle-orm'
import { normalizeEmail } from './addresses.ts'
import { newId } from './ids.ts'

const application = 'spintrack'

/** What an archive of a company holds: all its tables but those that only serve this installation. */
export function archivePlan({ name }: Tenant): ArchivePlan {
  return {
    application,
    leaveOut: ['exports', 'export_chunks', 'idempotency_keys', 'events', 'webhooks', 'webhook_deliveries'],
    files: { table: 'files', key: 'id', content: 'content' },
    subject: db => describe(db, name),
  }
}

async function describe(db: ControlTransaction, tenant: string): Promise<ArchivedCompany> {
  const [company] = await db
    .select({ name: companies.name, slug: companies.slug, colour: companies.colour, greeting: companies.greeting })
    .from(companies)
    .where(eq(companies.tenant, tenant))
  if (!company) throw new Error(`Tenant ${tenant} belongs to no company`)
  const people = await db
    .select({ email: users.email, role: memberships.role, memberId: memberships.memberId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .innerJoin(companies, eq(companies.id, memberships.companyId))
    .where(eq(companies.tenant, tenant))
    .orderBy(memberships.createdAt, users.email)
  return { ...company, memberships: people }
}

export type ImportCompany = {
  /** Another slug than the archive's. */
  slug?: string
  /** The e-mail address of an account that shall own the company too. */
  owner?: string
  onProgress?: ImportOptions['onProgress']
}

export type ImportedCompany = {
  id: string
  slug: string
  name: string
  /** Rows of each table. */
  rows: Record<string, number>
  /** Addresses that may enter the company now. */
  joined: string[]
  /** Addresses without an account here; their people are members who have left. */
  unknown: string[]
}

/**
 * Makes a company of the archive in the file `path`. Whoever belonged to it and has an account here belongs to it again.
 * Everything or nothing. Throws ArchiveRefused; `slug_taken`; `not_found` when nobody who could own it has an account.
 */
export async function importCompany(
  owner: Pool,
  blueprint: Blueprint,
  path: string,
  { slug, owner: address, onProgress }: ImportCompany,
): Promise<ImportedCompany> {
  const options = { application, ...(onProgress && { onProgress }) }
  const { manifest, value } = await importTenant(owner, blueprint, path, options, async (db, tenant, found, enter) => {
    const subject = found.subject
    if (!isArchivedCompany(subject)) throw new ArchiveRefused(manifestEntry, 'does not describe a company')
    const company = await insertCompany(db, tenant, { ...subject, ...(slug !== undefined && { slug }) })
    const people = await join(db, enter, { tenant, companyId: company.id, subject, address })
    const [logo] = await enter(tenant, inside =>
      inside.select({ createdAt: files.createdAt }).from(files).where(eq(files.purpose, 'logo')),
    )
    if (logo) await db.update(companies).set({ logoUpdatedAt: logo.createdAt }).where(eq(companies.id, company.id))
    return { ...company, ...people }
  })
  return { ...value, rows: Object.fromEntries(manifest.tables.map(table => [table.name, table.rows])) }
}

async function insertCompany(db: ControlTransaction, tenant: Tenant, company: ArchivedCompany) {
  const { name, slug, colour, greeting } = company
  const [row] = await db
    .insert(companies)
    .values({ id: newId(), tenant: tenant.name, name, slug, colour, greeting })
    .onConflictDoNothing({ target: companies.slug })
    .returning({ id: companies.id, slug: companies.slug, name: companies.name })
  if (row) return row
  throw new ProblemError('slug_taken', `Another company uses the address ${slug}. Choose another one with --slug.`)
}

type Joining = { tenant: Tenant; companyId: string; subject: ArchivedCompany; address: string | undefined }

/** Gives the people of the archive, and the owner who was named, their memberships. */
async function join(db: ControlTransaction, enter: Enter, { tenant, companyId, subject, address }: Joining) {
  const wanted = new Map(subject.memberships.map(person => [person.email, person]))
  const named = address === undefined ? undefined : normalizeEmail(address)
  if (named !== undefined) {
    const memberId = wanted.get(named)?.memberId ?? newId()
    wanted.set(named, { email: named, role: 'owner' satisfies Role, memberId })
  }
  const emails = [...wanted.keys()]
  const accounts =
    emails.length === 0
      ? []
      : await db
          .select({ id: users.id, email: users.email, name: users.name })
          .from(users)
          .where(inArray(users.email, emails))
  const people = accounts.flatMap(account => {
    const person = wanted.get(account.email)
    return person ? [{ ...person, userId: account.id, name: account.name }] : []
  })
  const owners = people.filter(({ role, email }) => role === 'owner' && (named === undefined || email === named))
  if (owners.length === 0) {
    throw new ProblemError(
      'not_found',
      named === undefined
        ? 'Nobody who owned the company has an account here. Name the address of an account with --owner.'
        : `${named} has no account here. Make one first: spintrack users create --email ${named} --name …`,
    )
  }
  await db
    .insert(memberships)
    .values(people.map(({ userId, role, memberId }) => ({ userId, companyId, role, memberId })))
  const joined = people.map(({ email }) => email)
  const unknown = emails.filter(email => !joined.includes(email))
  await enter(tenant, async inside => {
    // Whoever was named and is new to the company needs a member, and nobody without a membership is one any more.
    for (const { memberId, name } of owners)
      await inside.insert(members).values({ id: memberId, name }).onConflictDoNothing()
    const present = people.map(({ memberId }) => memberId)
    await inside.update(members).set({
      leftAt: sql`case when ${inArray(members.id, present)} then null else coalesce(${members.leftAt}, now()) end`,
    })
  })
  return { joined, unknown }
}
