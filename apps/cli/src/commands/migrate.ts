import { Command } from 'commander'
import { bringUpToDate, withControl } from '../control.ts'
import { print } from '../output.ts'

/** `spintrack migrate`: everything a new build needs of the database. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database and every company to this build; safe to run again')
    .action(() =>
      withControl(async control => {
        const upgraded = await bringUpToDate(control)
        print(upgraded === 0 ? 'The database and every company are up to date.\n' : `Migrated ${upgraded} companies.\n`)
      }),
    )
}
