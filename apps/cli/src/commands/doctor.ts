import { findDrift, repairDrift } from '@spintrack/tenancy/drift'
import { rootCause } from '@spintrack/tenancy/errors'
import { Command } from 'commander'
import { type Control, describeFindings, findProblems, withControl } from '../control.ts'
import { describeDrift } from '../drift.ts'
import { CommandError } from '../errors.ts'
import { namesOf } from '../fleet.ts'
import { print, printError } from '../output.ts'

/** `spintrack doctor`: does the installation keep its promises? */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'check that PostgreSQL keeps the companies apart, and say what mends what is wrong; exit code 1 if anything is',
    )
    .option('--fleet', 'compare every company and spare tenant with what its migrations make')
    .option('--repair', 'with --fleet: mend what can be mended without touching a row')
    .action(({ fleet, repair }: { fleet?: boolean; repair?: boolean }) => {
      if (repair && !fleet) throw new CommandError('Expected --fleet with --repair: that is what it repairs.')
      return withControl(fleet ? control => checkFleet(control, repair ?? false) : checkInstallation)
    })
}

async function checkInstallation({ installation, owner }: Control): Promise<void> {
  const findings = await findProblems(owner, installation)
  print(
    findings.length === 0
      ? 'Healthy: nothing to mend.\n'
      : `${findings.length} to mend:\n${describeFindings(findings)}\n`,
  )
  if (findings.length > 0) process.exitCode = 1
}

async function checkFleet({ owner, blueprint, database }: Control, repair: boolean): Promise<void> {
  let drift = await findDrift(owner, blueprint)
  const nameOf = await namesOf(
    database,
    drift.map(({ tenant }) => tenant),
  )
  print(describeDrift(drift, nameOf))
  if (repair && drift.length > 0) {
    const found = drift.length
    for (const { tenant, error } of await repairDrift(owner, drift)) {
      printError(`${nameOf(tenant)} could not be repaired: ${(rootCause(error) as Error).message}\n`)
    }
    drift = await findDrift(owner, blueprint)
    print(`\nAfter the repair ${drift.length} of ${found} are left.\n${describeDrift(drift, nameOf)}`)
  }
  if (drift.length === 0) print('Every tenant is as its migrations make it.\n')
  else process.exitCode = 1
}
