import { type Job, type JobState, jobStates, listJobs, retryJobs } from '@spintrack/database/jobs'
import { everyCompany } from '@spintrack/domain/companies'
import { Command, Option } from 'commander'
import { type Control, withControl } from '../control.ts'
import { CommandError } from '../errors.ts'
import { print, table } from '../output.ts'

/** `spintrack jobs`: the background work that is not done yet. */
export function jobsCommand(): Command {
  const jobs = new Command('jobs').description('background work: what waits, runs and has failed')
  jobs
    .command('list')
    .description('jobs that are not done, newest first; one that is done is gone')
    .addOption(new Option('--state <state>', 'only those in this state').choices(jobStates))
    .action(({ state }: { state?: JobState }) =>
      withControl(async control => {
        const listed = await listJobs(control.owner, state ? { states: [state] } : {})
        print(listed.length === 0 ? 'There are no such jobs.\n' : await describe(control, listed))
      }),
    )
  jobs
    .command('retry')
    .description('let failed jobs begin again')
    .argument('[id...]', 'the jobs, as list shows them')
    .option('--all', 'every job that failed')
    .action((ids: string[], { all = false }: { all?: boolean }) =>
      withControl(async ({ owner }) => {
        if (all === ids.length > 0) throw new CommandError('Name the jobs to retry, or say --all.')
        const retried = await retryJobs(owner, all ? undefined : ids)
        const missed = ids.filter(id => !retried.includes(id))
        print(`${retried.length} will run again.\n`)
        if (missed.length > 0) throw new CommandError(`Not among the failed jobs: ${missed.join(', ')}`)
      }),
    )
  return jobs
}

async function describe({ database }: Control, jobs: Job[]): Promise<string> {
  const slugs = new Map((await everyCompany(database.tenancy.control)).map(({ tenant, slug }) => [tenant, slug]))
  return table(
    ['ID', 'JOB', 'COMPANY', 'STATE', 'TRIES', 'NEXT', 'ERROR'],
    jobs.map(({ id, task, tenant, state, attempts, maxAttempts, runAt, error }) => [
      id,
      task,
      tenant === null ? '' : (slugs.get(tenant) ?? tenant),
      state,
      `${attempts}/${maxAttempts}`,
      runAt.toISOString(),
      error?.split('\n', 1)[0] ?? '',
    ]),
  )
}
