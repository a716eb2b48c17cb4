import { type Inspection, inspectCompany } from '@spintrack/domain/inspection'
import { Command } from 'commander'
import { withControl } from '../control.ts'
import { print } from '../output.ts'

/** `spintrack companies show`: one company, as an operator sees it. */
export function showCommand(): Command {
  return new Command('show')
    .description('one company: state, version, size, rows, members, last use')
    .argument('<company>', 'its slug or id')
    .option('--json', 'for a program')
    .action((slugOrId: string, { json }: { json?: boolean }) =>
      withControl(async ({ database: { tenancy } }) => {
        const inspection = await inspectCompany(tenancy, slugOrId)
        print(json ? `${JSON.stringify(inspection, null, 2)}\n` : describe(inspection))
      }),
    )
}

function describe({ rows, sizeBytes, members, lastOpenedAt, createdAt, ...company }: Inspection): string {
  const lines: [string, string | null | undefined][] = [
    ['company', `${company.name} (/c/${company.slug})`],
    ['id', company.id],
    ['tenant', company.tenant],
    ['state', company.state],
    ['version', String(company.version)],
    ['members', String(members)],
    ['last use', lastOpenedAt?.toISOString() ?? 'never'],
    ['created', createdAt.toISOString()],
    ['demo until', company.demoExpiresAt?.toISOString()],
    ['deleted on', company.deleteAfter?.toISOString()],
    ['on disk', `${Math.ceil(sizeBytes / 1024)} KiB`],
    ...Object.entries(rows).map(([table, count]): [string, string] => [table, `${count} rows`]),
  ]
  return lines.map(([label, value]) => (value ? `${label.padEnd(18)}${value}\n` : '')).join('')
}
