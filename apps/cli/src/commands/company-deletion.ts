import { findCompany, requestDeletion } from '@spintrack/domain/lifecycle'
import { certificates, purgeCompany, purgeDue } from '@spintrack/domain/purges'
import type { Certificate } from '@spintrack/tenancy/certificates'
import { rootCause } from '@spintrack/tenancy/errors'
import { Command } from 'commander'
import { confirm } from '../confirmation.ts'
import { type Control, withControl } from '../control.ts'
import { print, printError, table } from '../output.ts'

/** `spintrack companies delete`, `purge` and `certificates`. */
export function deletionCommands(): Command[] {
  return [
    new Command('delete')
      .description('shut a company and delete it for good once its grace is over')
      .argument('<company>', 'its slug or id')
      .option('--yes', 'do not ask')
      .option('--now', 'without the grace: nothing brings it back')
      .action((slugOrId: string, { yes, now }: { yes?: boolean; now?: boolean }) =>
        withControl(async control => {
          const { tenancy } = control.database
          const company = await findCompany(tenancy.control, slugOrId)
          const when = now ? 'now, for good' : 'once its grace is over'
          if (!yes)
            await confirm(`This deletes ${company.name}, ${when}. Type ${company.slug} to do it: `, company.slug)
          if (now) {
            print(`Deleted.\n${describe([await purgeCompany(purger(control), company.id)])}`)
          } else {
            const { deleteAfter } = await requestDeletion(tenancy, company.id, company.slug)
            print(
              `${company.name} is shut and goes on ${deleteAfter}. Until then: spintrack companies undelete ${company.slug}\n`,
            )
          }
        }),
      ),

    new Command('purge')
      .description('delete for good what is due, as the worker does by itself; exit code 1 if any could not be')
      .action(() =>
        withControl(async control => {
          const { purged, failed } = await purgeDue(purger(control))
          print(purged.length > 0 ? describe(purged) : 'Nothing was deleted.\n')
          for (const { tenant, error } of failed) {
            printError(`${tenant} could not be deleted: ${(rootCause(error) as Error).message}. Run this again.\n`)
          }
          if (failed.length > 0) process.exitCode = 1
        }),
      ),

    new Command('certificates')
      .description('proofs of what was deleted for good: ids, numbers and dates, nothing that anybody wrote')
      .option('--json', 'with the rows of every kind')
      .action(({ json }: { json?: boolean }) =>
        withControl(async ({ database }) => {
          const all = await certificates(database.tenancy.control)
          if (json) print(`${JSON.stringify(all, null, 2)}\n`)
          else print(all.length > 0 ? describe(all) : 'Nothing has been deleted for good.\n')
        }),
      ),
  ]
}

function purger({ owner, blueprint, database: { tenancy } }: Control) {
  return { owner, blueprint, tenancy }
}

function describe(certificates: Certificate[]): string {
  return table(
    ['TENANT', 'ID', 'VERSION', 'ROWS', 'DELETED'],
    certificates.map(({ tenant, subject, version, removed, purgedAt }) => [
      tenant,
      subject ?? '',
      String(version),
      String(Object.values(removed.tables).reduce((sum, rows) => sum + rows, 0)),
      purgedAt.toISOString(),
    ]),
  )
}
