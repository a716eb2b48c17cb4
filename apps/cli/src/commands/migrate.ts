import { Command } from 'commander'
import { prepareDatabase, withControl } from '../control.ts'
import { type FleetFlags, fleetOptions, migrateCompanies } from './fleet.ts'

/** `spintrack migrate`: everything a new build needs of the database. */
export function migrateCommand(): Command {
  const command = new Command('migrate')
    .description('bring the database and every company to this build; safe to run again')
    .option('--no-fleet', 'only what all companies share: control tables, logins, rights')
  return fleetOptions(command).action(({ fleet, ...flags }: FleetFlags & { fleet: boolean }) =>
    withControl(async control => {
      if (!flags.dryRun) await prepareDatabase(control)
      if (fleet) await migrateCompanies(control, flags)
    }),
  )
}
