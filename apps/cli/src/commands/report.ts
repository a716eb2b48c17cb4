import { openReporting } from '@spintrack/database/database'
import { type CompanySpins, spinsReport } from '@spintrack/domain/report'
import { rootCause } from '@spintrack/tenancy/errors'
import { Command, Option } from 'commander'
import { type Control, withControl } from '../control.ts'
import { csv } from '../csv.ts'
import { explained } from '../environment.ts'
import { CommandError } from '../errors.ts'
import { wholeNumber } from '../options.ts'
import { print, printError, table } from '../output.ts'

type Options = { format: keyof typeof formats; company?: string[]; timeout: number }

/** `spintrack report`: questions to many companies at once. */
export function reportCommand(): Command {
  const report = new Command('report').description('figures of many companies at once; needs the reporting login')
  report
    .command('spins')
    .description('spins, average duration and last spin of each company; exit code 1 if one could not be asked')
    .addOption(new Option('--format <format>', 'how to print it').choices(Object.keys(formats)).default('table'))
    .option('--company <slug...>', 'only these companies')
    .option('--timeout <seconds>', 'how long all companies may take together', wholeNumber(1, 3_600), 30)
    .action(({ format, company, timeout }: Options) =>
      withControl(async ({ database, installation, resources }) => {
        const reporting = resources.add(openReporting(reportingUrl(installation)), pool => pool.end())
        const options = { timeoutMs: timeout * 1_000, ...(company && { slugs: company }) }
        const { companies, failed } = await spinsReport(database.tenancy.control, reporting, options)
        print(formats[format](companies))
        for (const { slug, error } of failed) printError(`${slug} could not be asked: ${reason(error)}\n`)
        if (failed.length > 0) process.exitCode = 1
      }),
    )
  return report
}

const formats = {
  table: (rows: CompanySpins[]) =>
    table(
      ['SLUG', 'NAME', 'SPINS', 'AVERAGE', 'LAST SPIN'],
      rows.map(row => [row.slug, row.name, String(row.spins), duration(row.averageDurationMs), row.lastSpinAt ?? '']),
    ),
  csv: (rows: CompanySpins[]) =>
    csv(
      ['slug', 'name', 'spins', 'average_duration_ms', 'last_spin'],
      rows.map(row => [row.slug, row.name, row.spins, row.averageDurationMs, row.lastSpinAt]),
    ),
  json: (rows: CompanySpins[]) => `${JSON.stringify(rows, null, 2)}\n`,
}

function reportingUrl({ reportingUrl }: Control['installation']): string {
  if (reportingUrl) return reportingUrl
  const { expected, example } = explained('DATABASE_REPORTING_URL')
  throw new CommandError(
    `DATABASE_REPORTING_URL: expected ${expected}, but it is not set; reports run as that login, which can only read.\n` +
      `  Mend it with: export DATABASE_REPORTING_URL=${example}\n  and run spintrack migrate, which makes the login.`,
  )
}

/** Such as `250 ms`, `12.3 s` and `2 min 05 s`. */
function duration(ms: number | null): string {
  if (ms === null) return ''
  if (ms < 1_000) return `${ms} ms`
  const total = Math.round(ms / 1_000)
  if (total < 60) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.floor(total / 60)} min ${String(total % 60).padStart(2, '0')} s`
}

function reason(error: unknown): string {
  const root = rootCause(error)
  return root instanceof Error ? root.message : String(root)
}
