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
  /** Sends an event to a webhook. That it could not be is no failure of the job, which then adds another. */
  deliver_webhook: { tries: 10 },
} as const satisfies Record<string, { tries: number }>

/** What each job needs to know besides its tenant: ids only, never what people wrote. */
export type TenantJobs = {
  nightly: Record<string, never>
  export_company: { exportId: string }
  deliver_webhook: { webhookId: string; eventId: string }
}
export type TenantJobName = keyof TenantJobs & keyof typeof tenantJobs

/** A job for a tenant, still without the tenant. `key`: a waiting job of the same key is replaced instead of doubled. */
export type TenantJob = {
  [Name in TenantJobName]: { name: Name; payload: TenantJobs[Name]; key?: string; runAt?: Date }
}[TenantJobName]

/** How often a mail is tried, over about half a day. */
const mailTries = 11

/** Adds a job for `tenant`. Over a transaction it is there once that commits, and never if it does not. */
export async function addJob(db: ControlDb, tenant: string, { name, payload, key, runAt }: TenantJob): Promise<void> {
  await add(db, { name, payload: { tenant, ...payload }, key, runAt, tries: tenantJobs[name].tries })
}

/** Adds the job that sends a mail of the outbox, in the same way. */
export async function addMailJob(db: ControlDb, mailId: string): Promise<void> {
  await add(db, { name: 'send_mail', payload: { mailId }, tries: mailTries })
}

type AnyJob = { name: string; payload: object; key?: string | undefined; runAt?: Date | undefined; tries: number }

async function add(db: ControlDb, { name, payload, key, runAt, tries }: AnyJob): Promise<void> {
  await db.execute(
    sql`select add_job(${name}, ${JSON.stringify(payload)}::json, ${key ?? null}, ${runAt?.toISOString() ?? null}, ${tries})`,
  )
}

/** The job that sends an event to a webhook; a second one for the same takes its place. */
export function deliveryJob({ webhookId, eventId, runAt }: { webhookId: string; eventId: string; runAt?: Date }) {
  return {
    name: 'deliver_webhook',
    payload: { webhookId, eventId },
    key: `webhook:${webhookId}:${eventId}`,
    ...(runAt && { runAt }),
  } as const
}
