import {
  archiveCompany,
  findCompany,
  restoreCompany,
  resumeCompany,
  suspendCompany,
  undoDeletion,
} from '@spintrack/domain/lifecycle'
import { Command } from 'commander'
import { withControl } from '../control.ts'
import { print } from '../output.ts'

/** What is done to a company, and what it is then. */
const changes = {
  suspend: { description: 'shut a company until it is resumed', change: suspendCompany, done: 'is suspended' },
  resume: { description: 'open a suspended company', change: resumeCompany, done: 'is open' },
  archive: { description: 'put a company away, with all that is in it', change: archiveCompany, done: 'is archived' },
  restore: { description: 'open an archived company', change: restoreCompany, done: 'is open' },
  undelete: {
    description: 'take the deletion of a company back, as long as it has not begun',
    change: undoDeletion,
    done: 'stays',
  },
}

/** `spintrack companies suspend` and the others that need no more than a company. */
export function stateCommands(): Command[] {
  return Object.entries(changes).map(([name, { description, change, done }]) =>
    new Command(name)
      .description(description)
      .argument('<company>', 'its slug or id')
      .action((slugOrId: string) =>
        withControl(async ({ database: { tenancy } }) => {
          const company = await findCompany(tenancy.control, slugOrId)
          await change(tenancy, company.id)
          print(`${company.name} ${done}.\n`)
        }),
      ),
  )
}
