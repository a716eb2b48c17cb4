import { ProblemError } from '@spintrack/contract/problems'
import { companies } from '@spintrack/database/public/companies'
import { templates } from '@spintrack/database/public/templates'
import { type Certificate, deletionCertificates } from '@spintrack/tenancy/certificates'
import type { ControlDb } from '@spintrack/tenancy/handles'
import type { Pool } from '@spintrack/tenancy/pool'
import type { Blueprint } from '@spintrack/tenancy/provision'
import { type Forget, purgeTenant, type Query } from '@spintrack/tenancy/purge'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { tenants } from '@spintrack/tenancy/tenants'
import { asc, eq } from 'drizzle-orm'
import { companiesDue, startPurge } from './lifecycle.ts'

/** What purging needs: the owner login to drop with, and the app's side to read and mark with. */
export type Purger = { owner: Pool; tenancy: Tenancy; blueprint: Blueprint }

/** Certificates of what went, and what could not go with the reason; it stays `purging`, and the next run tries again. */
export type PurgeResult = { purged: Certificate[]; failed: { tenant: string; error: unknown }[] }

/**
 * Purges every company whose grace or demo has ended, and whatever an earlier run left unfinished: the state `purging`
 * is the list of what is still to do. One that fails does not stop the others.
 */
export async function purgeDue(purger: Purger): Promise<PurgeResult> {
  const { control } = purger.tenancy
  for (const { id } of await companiesDue(control)) await startPurge(purger.tenancy, id, { onlyDue: true })
  const marked = await control.select({ name: tenants.name }).from(tenants).where(eq(tenants.state, 'purging'))
  const result: PurgeResult = { purged: [], failed: [] }
  for (const { name } of marked) {
    try {
      result.purged.push(await purgeHome(purger, name))
    } catch (error) {
      result.failed.push({ tenant: name, error })
    }
  }
  if (result.purged.length > 0) await forgetSamples(purger.owner)
  return result
}

/** Purges a company now, whatever its dates say. Throws company_not_found. */
export async function purgeCompany(purger: Purger, companyId: string): Promise<Certificate> {
  const tenant = await startPurge(purger.tenancy, companyId, { onlyDue: false })
  if (!tenant) throw new ProblemError('company_not_found')
  const certificate = await purgeHome(purger, tenant)
  await forgetSamples(purger.owner)
  return certificate
}

/** Proofs of every purge, the oldest first. */
export function certificates(db: ControlDb): Promise<Certificate[]> {
  return db.select().from(deletionCertificates).orderBy(asc(deletionCertificates.purgedAt))
}

/** The templates of a company first: they are tenants of their own, and its row cannot go before them. */
async function purgeHome(purger: Purger, tenant: string): Promise<Certificate> {
  const made = await purger.tenancy.control
    .select({ tenant: templates.tenant })
    .from(templates)
    .innerJoin(companies, eq(companies.id, templates.companyId))
    .where(eq(companies.tenant, tenant))
  for (const template of made) await purgeOne(purger, template.tenant)
  return purgeOne(purger, tenant)
}

function purgeOne({ owner, blueprint }: Purger, tenant: string): Promise<Certificate> {
  return purgeTenant(owner, blueprint, tenant, { forget: forget(tenant) })
}

/** What is deleted outside the tenant, in this order. Each is given the tenant's name. */
const traces = {
  sessions: 'update sessions set company_id = null where company_id in (select id from companies where tenant = $1)',
  tokens: 'delete from tokens where company_id in (select id from companies where tenant = $1)',
  memberships: 'delete from memberships where company_id in (select id from companies where tenant = $1)',
  invitations: 'delete from invitations where company_id in (select id from companies where tenant = $1)',
  mail: 'delete from outbox where company_id in (select id from companies where tenant = $1)',
  /** What was answered about it and would be again, its name among it; ids are random, so that nothing else has them. */
  keys: `delete from account_idempotency_keys kept using companies
    where companies.tenant = $1 and strpos(kept.value::text, companies.id::text) > 0`,
  templates: 'delete from templates where tenant = $1',
  companies: 'delete from companies where tenant = $1',
} as const satisfies Record<string, string>

/** A job's payload names its company in one of two ways; both names are random, so that nothing else has them in its text. */
const deleteJobs = `delete from graphile_worker._private_jobs
  where strpos(payload::text, $1) > 0 or strpos(payload::text, coalesce($2, $1)) > 0`

function forget(tenant: string): Forget {
  return async query => {
    const named = 'select id from companies where tenant = $1 union all select id from templates where tenant = $1'
    const subject: string | null = (await query(named, [tenant])).rows[0]?.id ?? null
    const control: Record<string, number> = { jobs: await forgetJobs(query, tenant, subject) }
    for (const [kind, statement] of Object.entries(traces))
      control[kind] = (await query(statement, [tenant])).rowCount ?? 0
    return { subject, control }
  }
}

/** The worker makes the schema of its jobs, so that an installation without one has none. */
async function forgetJobs(query: Query, tenant: string, subject: string | null): Promise<number> {
  const { rows } = await query("select to_regclass('graphile_worker._private_jobs') is not null as present")
  if (!rows[0].present) return 0
  return (await query(deleteJobs, [tenant, subject])).rowCount ?? 0
}

/** PostgreSQL's statistics quote what a column holds until the table is analysed again; those of a tenant went with it. */
async function forgetSamples(owner: Pool): Promise<void> {
  await owner.query(
    'analyze public.companies, public.templates, public.tokens, public.fleet_turns, public.account_idempotency_keys, public.outbox, public.invitations',
  )
}
