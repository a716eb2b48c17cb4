import { forgetConfirmations } from '@spintrack/domain/confirmations'
import { forgetEvents } from '@spintrack/domain/events'
import { deleteExpiredExports } from '@spintrack/domain/export-job'
import { forgetAccountKeys, forgetKeys } from '@spintrack/domain/idempotency'
import { tenantJobs } from '@spintrack/domain/jobs'
import { forgetMail } from '@spintrack/domain/outbox'
import { forgetWindows } from '@spintrack/domain/rate-limits'
import { forgetSessions } from '@spintrack/domain/sessions'
import { rollUp } from '@spintrack/domain/summaries'
import { forgetDeliveries, sealAnew } from '@spintrack/domain/webhook-deliveries'
import type { Task, TenantTask } from '../task.ts'

/** How many companies have their turn at once, by all workers together: jobs of one queue run one after another. */
const queues = 4

/**
 * Forgets what no longer counts, and adds the night's work of every company, a job each: one that fails is tried again by
 * itself and stops no other.
 */
export const everyNight: Task = async ({ owner, tenancy }) => {
  await forgetAccountKeys(tenancy.control)
  await forgetWindows(tenancy.control)
  await forgetMail(tenancy.control)
  await forgetConfirmations(tenancy.control)
  await forgetSessions(tenancy.control)
  await owner.query(
    `select graphile_worker.add_job('nightly', json_build_object('tenant', name),
       queue_name => 'nightly_' || (row_number() over (order by name)) % $1, max_attempts => $2, job_key => 'nightly:' || name)
     from tenants where state = 'ready'`,
    [queues, tenantJobs.nightly.tries],
  )
}

/**
 * The night's work of one company: its finished days are summed up, archives, keys, events and deliveries whose time is
 * over go, and secrets are sealed anew. A closed company has nothing new, and the next night comes.
 */
export const nightly: TenantTask<Record<string, never>> = {
  whenClosed: 'skip',
  async run({ tenancy, courier }, tenant) {
    await tenancy.scope(tenant, {}, rollUp)
    await tenancy.scope(tenant, {}, deleteExpiredExports)
    await tenancy.scope(tenant, {}, forgetKeys)
    await tenancy.scope(tenant, {}, forgetEvents)
    await tenancy.scope(tenant, {}, forgetDeliveries)
    await tenancy.scope(tenant, {}, db => sealAnew(db, courier.seal))
  },
}
