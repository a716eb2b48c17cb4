import type { FleetResult } from '@spintrack/tenancy/fleet'
import { type Plan, planFleet } from '@spintrack/tenancy/fleet-plan'
import { pauseRun, resumeRun } from '@spintrack/tenancy/fleet-runs'
import { failedTurns, fleetStatus, latestRuns, type Run } from '@spintrack/tenancy/fleet-status'
import { currentVersion } from '@spintrack/tenancy/provision'
import { Command } from 'commander'
import { type Control, withControl } from '../control.ts'
import { CommandError } from '../errors.ts'
import { describeResult, namesOf, runFleet, tenantsOf } from '../fleet.ts'
import { wholeNumber } from '../options.ts'
import { print, table } from '../output.ts'

/** `spintrack fleet`: all companies at once, and the tenants that stand by for new ones. */
export function fleetCommand(): Command {
  const fleet = new Command('fleet').description('versions of all companies, and the runs that change them')
  fleet
    .command('status')
    .description('how many companies are at which version, who fails and why, and the last run')
    .action(() => withControl(printStatus))
  fleetOptions(fleet.command('migrate'))
    .description('bring every company to this build')
    .action((flags: FleetFlags) => withControl(control => migrateCompanies(control, flags)))
  fleet
    .command('pause')
    .description('let the run under way finish the companies whose turn it is, and no more')
    .action(() =>
      withControl(async ({ owner }) => {
        if (!(await pauseRun(owner))) throw new CommandError('No run is under way, so there is nothing to pause.')
        print('The run is paused. Go on with spintrack fleet resume.\n')
      }),
    )
  fleet
    .command('resume')
    .description('go on with a paused run')
    .action(() =>
      withControl(async control => {
        if (!(await resumeRun(control.owner)))
          throw new CommandError('No run is paused. Begin one with spintrack fleet migrate.')
        await migrateCompanies(control, {})
      }),
    )
  fleet
    .command('retry')
    .description('try those again that failed in the last run, and nobody else')
    .action(() => withControl(retry))
  fleet
    .command('runs')
    .description('the last twenty runs')
    .action(() =>
      withControl(async ({ owner }) => {
        const runs = await latestRuns(owner, 20)
        print(runs.length === 0 ? 'There was no run yet.\n' : tableOf(runs))
      }),
    )
  return fleet
}

export type FleetFlags = { workers?: number; canaries?: number; dryRun?: boolean; company?: string[] }

/** The options of every command that migrates companies. */
export function fleetOptions(command: Command): Command {
  return command
    .option('--workers <number>', 'how many companies at a time (default: 4)', wholeNumber(1, 100))
    .option(
      '--canaries <number>',
      'how many go first; if one fails, nobody follows (default: 1 of more than 10)',
      wholeNumber(0, 10_000),
    )
    .option('--company <slug...>', 'only these companies')
    .option('--dry-run', 'say who would get which migrations, and change nothing')
}

/** Migrates the companies, or with `dryRun` says what would be done. The exit code is 1 unless all of them came along. */
export async function migrateCompanies(control: Control, { company, dryRun, ...flags }: FleetFlags): Promise<void> {
  const only = company && (await tenantsOf(control.database, company))
  if (dryRun) return printPlan(control, await planFleet(control.owner, control.blueprint, only))
  await finish(control, await runFleet(control, { ...flags, ...(only && { only }) }))
}

async function finish(control: Control, result: FleetResult): Promise<void> {
  print(await describeResult(control, result))
  if (!['current', 'done'].includes(result.outcome)) process.exitCode = 1
}

async function retry(control: Control): Promise<void> {
  const [last] = await latestRuns(control.owner, 1)
  const failed = last ? await failedTurns(control.owner, last.id) : []
  if (failed.length === 0) throw new CommandError('Nobody failed in the last run, so there is nothing to retry.')
  await finish(control, await runFleet(control, { only: failed.map(({ tenant }) => tenant) }))
}

async function printPlan({ database }: Control, plans: Plan[]): Promise<void> {
  if (plans.length === 0) return print('Every company is up to date.\n')
  const name = await namesOf(
    database,
    plans.flatMap(({ tenants }) => tenants),
  )
  for (const { version, tenants, migrations } of plans) {
    print(`At version ${version}:\n${tenants.map(tenant => `  ${name(tenant)}\n`).join('')}Each would get:\n`)
    for (const { tag, sql, data } of migrations)
      print(`-- ${tag}${data ? ', then its data step' : ''}\n${sql.trim()}\n`)
  }
}

async function printStatus({ owner, database, blueprint }: Control): Promise<void> {
  const version = currentVersion(blueprint)
  const { tenants, behind, failing, run } = await fleetStatus(owner, version)
  print(`This build is at version ${version}; ${behind} behind it.\n`)
  print(
    table(
      ['VERSION', 'STATE', 'TENANTS'],
      tenants.map(row => [String(row.version), row.state, String(row.count)]),
    ),
  )
  if (failing.length > 0) {
    const name = await namesOf(
      database,
      failing.map(tenant => tenant.name),
    )
    const rows = failing.map(tenant => [name(tenant.name), String(tenant.version), tenant.error])
    print(`\n${table(['COMPANY', 'VERSION', 'LAST ERROR'], rows)}`)
  }
  if (run) print(`\nThe last run:\n${tableOf([run])}`)
}

function tableOf(runs: Run[]): string {
  return table(
    ['STARTED', 'FINISHED', 'STATE', 'VERSION', 'DONE', 'FAILED', 'WAITING', 'RUNNING'],
    runs.map(run => [
      run.startedAt.toISOString(),
      run.finishedAt?.toISOString() ?? '',
      run.state,
      ...[run.version, run.done, run.failed, run.waiting, run.running].map(String),
    ]),
  )
}
