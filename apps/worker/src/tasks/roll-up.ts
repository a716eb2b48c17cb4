import { tenantJobs } from '@spintrack/domain/jobs'
import { rollUp } from '@spintrack/domain/summaries'
import type { Task, TenantTask } from '../task.ts'

/** How many companies are rolled up at once, by all workers together: jobs of one queue run one after another. */
const queues = 4

/** Adds a roll-up for every company, a job each: one that fails is tried again by itself and stops no other. */
export const rollUpAll: Task = async ({ owner }) => {
  await owner.query(
    `select graphile_worker.add_job('roll_up', json_build_object('tenant', name),
       queue_name => 'roll_up_' || (row_number() over (order by name)) % $1, max_attempts => $2, job_key => 'roll_up:' || name)
     from tenants where state = 'ready'`,
    [queues, tenantJobs.roll_up.tries],
  )
}

/** The daily summaries of one company. A closed company has no new spins, and the next night comes. */
export const rollUpOne: TenantTask<Record<string, never>> = {
  whenClosed: 'skip',
  run: ({ tenancy }, tenant) => tenancy.scope(tenant, {}, rollUp),
}
