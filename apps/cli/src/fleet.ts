import { homesAt, homesOf } from '@spintrack/domain/homes'
import { type FleetOptions, type FleetResult, migrateFleet } from '@spintrack/tenancy/fleet'
import type { Turn } from '@spintrack/tenancy/fleet-status'
import type { Control } from './control.ts'
import { CommandError } from './errors.ts'
import { printError, table } from './output.ts'
import { openProgress } from './progress.ts'

type Runner = Pick<Control, 'owner' | 'blueprint' | 'database'>

/** Migrates the fleet, with its progress on standard error. The first Ctrl-C or SIGTERM ends it between two tenants. */
export async function runFleet(
  { owner, blueprint }: Runner,
  options: Pick<FleetOptions, 'only' | 'workers' | 'canaries'>,
): Promise<FleetResult> {
  const progress = openProgress('companies and spare tenants')
  const stopping = new AbortController()
  const stop = () => {
    printError('Ending after the tenants whose turn it is. Once more ends it at once.\n')
    stopping.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, stop)
  try {
    return await migrateFleet({ owner, blueprint, ...options, onProgress: progress.show, signal: stopping.signal })
  } finally {
    progress.stop()
    for (const signal of signals) process.off(signal, stop)
  }
}

/** What became of a run, for a person: who failed and why, and what to do next. */
export async function describeResult({ database }: Runner, result: FleetResult): Promise<string> {
  if (result.outcome === 'current') return 'Every company is up to date.\n'
  if (result.outcome === 'busy')
    return 'Another process is migrating the companies. Look at it with spintrack fleet status, and try again when it has ended.\n'
  const { outcome, run, failed } = result
  const counts = [`${run.done} migrated to version ${run.version}`, `${run.failed} failed`, `${run.waiting} waiting`]
  const summary = `${outcomes[outcome]} Companies and spare tenants: ${counts.join(', ')}.\n`
  if (failed.length === 0) return summary
  const name = await namesOf(
    database,
    failed.map(({ tenant }) => tenant),
  )
  return `${table(
    headings,
    failed.map(turn => cells(name(turn.tenant), turn)),
  )}\n${summary}`
}

const outcomes = {
  done: 'Done.',
  failed: 'Some failed and stay at their version. Mend the cause and run spintrack fleet retry.',
  halted: 'Halted: a canary failed, so nobody else was touched. Mend the cause and run spintrack fleet migrate.',
  paused: 'Paused. Go on with spintrack fleet resume.',
  stopped: 'Ended early. Go on with spintrack fleet migrate.',
} satisfies Record<Exclude<FleetResult['outcome'], 'current' | 'busy'>, string>

const headings = ['COMPANY', 'FROM', 'TO', 'STATE', 'ATTEMPTS', 'MS', 'ERROR']

function cells(name: string, { fromVersion, toVersion, attempt, durationMs, error }: Turn): string[] {
  return [name, String(fromVersion), String(toVersion), 'failed', String(attempt), String(durationMs), error]
}

/** Names tenants by the slug of the company whose home they are, or else as they are called themselves. */
export async function namesOf(
  { tenancy }: Control['database'],
  tenants: string[],
): Promise<(tenant: string) => string> {
  const homes = new Map((await homesAt(tenancy.control, tenants)).map(({ tenant, slug }) => [tenant, slug]))
  return tenant => homes.get(tenant) ?? tenant
}

/** The tenants of companies. Throws CommandError when one does not exist. */
export async function tenantsOf({ tenancy }: Control['database'], slugs: string[]): Promise<string[]> {
  const homes = await homesOf(tenancy.control, slugs)
  const unknown = slugs.filter(slug => !homes.some(home => home.slug === slug))
  if (unknown.length > 0)
    throw new CommandError(`There is no company ${unknown.join(', ')}. spintrack companies list shows which there are.`)
  return homes.map(({ tenant }) => tenant)
}
