import type { Company as CompanyOnTheWire } from '@spintrack/contract/companies'
import type { Role } from '@spintrack/contract/permissions'
import type { CompanySummary } from '@spintrack/contract/session'
import { tenantVersion } from '@spintrack/database/blueprint'
import { companies } from '@spintrack/database/public/companies'
import type { ControlTransaction, TenantDb } from '@spintrack/tenancy/handles'
import type { Snapshot } from '@spintrack/tenancy/snapshot'
import type { Enter, Tenancy, Tenant } from '@spintrack/tenancy/tenancy'
import { sql } from 'drizzle-orm'
import { type Hooked, type News, record, type Tell } from './events.ts'
import { addJob, deliveryJob, type TenantJob } from './jobs.ts'
import { refusal } from './refusals.ts'
import { tenantUpgrading, upgrading } from './upgrading.ts'

/** What the row of a company says, as a query selects it. */
export const companyColumns = {
  id: companies.id,
  slug: companies.slug,
  name: companies.name,
  colour: companies.colour,
  greeting: companies.greeting,
  logoUpdatedAt: companies.logoUpdatedAt,
  demoExpiresAt: companies.demoExpiresAt,
  deleteAfter: companies.deleteAfter,
  webhooks: companies.webhooks,
  createdAt: companies.createdAt,
  version: companies.version,
}

/** What every change of a company's row sets, for its ETag. */
export const nextVersion = sql`${companies.version} + 1`

/** What is known of a company and of the caller in it. */
export type CompanyFacts = {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly colour: string | null
  readonly greeting: string | null
  readonly logoUpdatedAt: Date | null
  readonly demoExpiresAt: Date | null
  readonly deleteAfter: Date | null
  /** How many it has. */
  readonly webhooks: number
  readonly createdAt: Date
  /** Of the row, for its ETag; not of the tenant. */
  readonly version: number
  readonly role: Role
  /** The caller's own row in `members`. */
  readonly memberId: string
  readonly state: CompanySummary['state']
}

/** Runs `work` inside one tenant, within a control transaction that is open. */
export type Inside = <T>(work: (db: TenantDb) => Promise<T>) => Promise<T>

/** Work that changes a company and says what it did. */
export type Writing<T> = (db: TenantDb, tell: Tell) => Promise<T>

/** The same inside a company, where what is told is an event. */
export type InsideTelling = <T>(work: Writing<T>) => Promise<T>

/**
 * One company as one of its people may use it: a capability. Code that holds it can reach this company's rows and no
 * other's, since nothing below it is ever given a company's name.
 */
export type Company = CompanyFacts & {
  /** One query inside the company that only reads, in one round trip. Refuses a second query. */
  read<T>(work: (db: TenantDb) => Promise<T>): Promise<T>
  /**
   * A transaction inside the company. May run `work` again from its start. Refused writes become ProblemErrors. What it
   * `tell`s is an event once it commits, on its way to the company's webhooks as well. The job that `then` makes of the
   * result is added in the same transaction, for this company. A request with an Idempotency-Key gives its result again
   * through JSON, so what a POST needs of it must be fit for that: no Date.
   */
  write<T>(work: Writing<T>, then?: (value: T) => TenantJob): Promise<T>
  /**
   * A transaction for what somebody is still sending: `work` may wait for the next piece up to a minute and is never run
   * again. Otherwise as `write`.
   */
  stream<T>(work: Writing<T>): Promise<T>
  /** The company as it is at one moment, for what takes as long as whoever receives it. */
  snapshot<T>(work: (view: Snapshot) => Promise<T>): Promise<T>
  /** The way into the company from a control transaction, so that its row and what is inside change together. */
  within(db: ControlTransaction, enter: Enter): InsideTelling
}

/** What the principal query knows of a membership. */
export type Membership = CompanyFacts & { readonly tenant: string; readonly tenantVersion: number }

/** Opens a company for the holder of `membership`. `newest` is the version this build wants of a tenant. */
export function openCompany(
  tenancy: Tenancy,
  { tenant, tenantVersion: version, ...membership }: Membership,
  newest = tenantVersion,
): Company {
  const home = { name: tenant }
  const fail = (error: unknown) => {
    throw refusal(upgrading(error, version < newest))
  }
  const book: Book = { companyId: membership.id, hooked: membership.webhooks > 0 }
  return {
    ...membership,
    read: work => tenancy.scope(home, { readOnly: true, oneQuery: true }, work).catch(fail),
    write: (work, then) =>
      (then || book.hooked
        ? tenancy.transaction(async (db, enter) => {
            const value = await withJobs(db, enter, home, book, work)
            if (then) await addJob(db, home.name, then(value))
            return value
          })
        : tenancy.scope(home, {}, async db => (await recording(db, book, work)).value)
      ).catch(fail),
    stream: work =>
      (book.hooked
        ? tenancy.transaction((db, enter) => withJobs(db, enter, home, book, work), { stream: true })
        : tenancy.scope(home, { stream: true }, async db => (await recording(db, book, work)).value)
      ).catch(fail),
    snapshot: work => tenancy.snapshot(home, async () => {}, work).catch(fail),
    within: (db, enter) => work => withJobs(db, enter, home, book, work),
  }
}

/** A company as its people see it. */
export function describeCompany({
  id,
  slug,
  name,
  role,
  state,
  memberId,
  colour,
  greeting,
  logoUpdatedAt,
  demoExpiresAt,
  deleteAfter,
  createdAt,
  version,
}: CompanyFacts): CompanyOnTheWire {
  return {
    id,
    slug,
    name,
    role,
    state,
    memberId,
    branding: { colour, greeting, logoUpdatedAt: instantOrNull(logoUpdatedAt) },
    demoExpiresAt: instantOrNull(demoExpiresAt),
    deleteAfter: instantOrNull(deleteAfter),
    createdAt: createdAt.toISOString(),
    version,
  }
}

/** The way into a tenant from a control transaction. */
export function inside(enter: Enter, tenant: Tenant): Inside {
  return work => enter(tenant, work)
}

/** Lets only a tenant of a version that this build can serve through. Throws `tenant_upgrading`. */
export function requireServable(version: number, newest = tenantVersion): void {
  if (version < newest - 1 || version > newest) throw tenantUpgrading()
}

/** What is kept of a company's changes. */
type Book = { companyId: string; hooked: boolean }

/** Runs `work`, after which what it told is stored: last, and anew whenever it is run again. */
async function recording<T>(db: TenantDb, book: Book, work: Writing<T>): Promise<{ value: T; hooked: Hooked[] }> {
  const told: News[] = []
  const value = await work(db, news => told.push(news))
  return { value, hooked: await record(db, book, told) }
}

/** The same from a control transaction, which alone can add jobs: those that send what was told. */
async function withJobs<T>(
  db: ControlTransaction,
  enter: Enter,
  home: Tenant,
  book: Book,
  work: Writing<T>,
): Promise<T> {
  const { value, hooked } = await enter(home, inside => recording(inside, book, work))
  for (const one of hooked) await addJob(db, home.name, deliveryJob(one))
  return value
}

function instantOrNull(time: Date | null): string | null {
  return time?.toISOString() ?? null
}
