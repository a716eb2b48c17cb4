import type { ControlDb } from '@spintrack/tenancy/handles'
import { sql } from 'drizzle-orm'

/**
 * The jobs that carry a tenant. A job that failed is tried again after a pause that grows (1 s, 3 s, 7 s … 6 h); after
 * `tries` it stays where it is as failed, for a person to see (`spintrack jobs`). All can be run twice to the same effect.
 */
export const tenantJobs = {
  /** What a company wants done every night. */
  nightly: { tries: 5 },
  /** Makes an archive that somebody asked for. */
  export_company: { tries: 5 },
} as const satisfies Record<string, { tries: number }>

/** What each job needs to know besides its tenant: ids only, never what people wrote. */
export type TenantJobs = {
  nightly: Record<string, never>
  export_company: { exportId: string }
}
export type TenantJobName = keyof TenantJobs & keyof typeof tenantJobs

/** A job for a tenant, still without the tenant. `key`: a waiting job of the same key is replaced instead of doubled. */
export type TenantJob = {
  [Name in TenantJobName]: { name: Name; payload: TenantJobs[Name]; key?: string; runAt?: Date }
}[TenantJobName]

/** Adds a job for `tenant`. Over a transaction it is there once that commits, and never if it does not. */
export async function addJob(db: ControlDb, tenant: string, { name, payload, key, runAt }: TenantJob): Promise<void> {
  const data = JSON.stringify({ tenant, ...payload })
  await db.execute(
    sql`select add_job(${name}, ${data}::json, ${key ?? null}, ${runAt?.toISOString() ?? null}, ${tenantJobs[name].tries})`,
  )
}
