import { quoteIdentifier } from '@spintrack/tenancy/names'
import type { Pool } from '@spintrack/tenancy/pool'

/** How a job stands: `failed` has used up its tries and waits for a person, `retrying` failed and will be tried again. */
export const jobStates = ['waiting', 'scheduled', 'running', 'retrying', 'failed'] as const
export type JobState = (typeof jobStates)[number]

export type Job = {
  id: string
  task: string
  tenant: string | null
  state: JobState
  attempts: number
  maxAttempts: number
  runAt: Date
  error: string | null
}

/**
 * Brings graphile-worker's schema up to date and gives the app login one way in: `public.add_job`. The queue's own tables
 * stay out of its reach, so the API can neither read what others enqueued nor take it away.
 */
export async function installJobs(owner: Pool, appLogin: string): Promise<void> {
  // Loaded when asked for: no other command should wait for it.
  const { Logger, runMigrations } = await import('graphile-worker')
  await runMigrations({ pgPool: owner, logger: new Logger(() => () => {}) })
  await owner.query(`
    create or replace function public.add_job(task text, payload json, job_key text, run_at timestamptz, max_attempts int)
    returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
      select graphile_worker.add_job(task, payload, run_at => run_at, max_attempts => max_attempts, job_key => job_key);
    $$;
    revoke execute on function public.add_job(text, json, text, timestamptz, int) from public;
    grant execute on function public.add_job(text, json, text, timestamptz, int) to ${quoteIdentifier(appLogin)}`)
}

// graphile-worker's own view of its jobs leaves the payload out, and with it whose they are.
const everyJob = `
  select job.id::text, task.identifier as task, job.payload ->> 'tenant' as tenant,
    case when job.locked_at is not null then 'running' when job.attempts >= job.max_attempts then 'failed'
      when job.attempts > 0 then 'retrying' when job.run_at > now() then 'scheduled' else 'waiting' end as state,
    job.attempts, job.max_attempts as "maxAttempts", job.run_at as "runAt", job.last_error as error
  from graphile_worker._private_jobs job join graphile_worker._private_tasks task on task.id = job.task_id`

/** The newest jobs that are not done, at most `limit`; with `states` only those in one of them. A job that is done is gone. */
export async function listJobs(
  owner: Pool,
  { states = jobStates, limit = 200 }: { states?: readonly JobState[]; limit?: number } = {},
): Promise<Job[]> {
  const { rows } = await owner.query<Job>(
    `select * from (${everyJob}) jobs where state = any($1) order by id::bigint desc limit $2`,
    [states, limit],
  )
  return rows
}

/** Lets failed jobs begin again with all their tries: those of `ids`, or every one. Returns the ids of those it found failed. */
export async function retryJobs(owner: Pool, ids?: readonly string[]): Promise<string[]> {
  const { rows } = await owner.query<{ id: string }>(
    `select id::text from graphile_worker.reschedule_jobs(
       array(select id::bigint from (${everyJob}) jobs where state = 'failed' and ($1::text[] is null or id = any($1))),
       run_at => now(), attempts => 0)`,
    [ids ?? null],
  )
  return rows.map(({ id }) => id)
}
