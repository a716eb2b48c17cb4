import { findUser } from '@spintrack/domain/accounts'
import { createCompany, everyCompany } from '@spintrack/domain/companies'
import { refillStandby } from '@spintrack/tenancy/provision'
import { Command } from 'commander'
import { withControl } from '../control.ts'
import { CommandError } from '../errors.ts'
import { print, table } from '../output.ts'
import { exportCommand, importCommand } from './companies-archive.ts'
import { deletionCommands } from './company-deletion.ts'
import { showCommand } from './company-show.ts'
import { stateCommands } from './company-states.ts'

/** `spintrack companies`: the customers of the installation. */
export function companiesCommand(): Command {
  const companies = new Command('companies').description('companies of the installation')
  companies
    .command('list')
    .description('every company: address, name, state, version, when it was created')
    .action(() =>
      withControl(async ({ database }) => {
        const rows = await everyCompany(database.tenancy.control)
        print(
          rows.length === 0
            ? 'There are no companies yet.\n'
            : table(
                ['SLUG', 'NAME', 'STATE', 'VERSION', 'CREATED'],
                rows.map(row => [row.slug, row.name, row.state, String(row.version), row.createdAt.toISOString()]),
              ),
        )
      }),
    )
  companies
    .command('create')
    .description('make a company')
    .argument('<name>', 'its name')
    .requiredOption('--owner <address>', 'e-mail address of the person who will own it')
    .option('--slug <slug>', 'its part of the address; made from the name when left out')
    .action((name: string, { owner: email, slug }: { owner: string; slug?: string }) =>
      withControl(async ({ owner, database: { tenancy }, blueprint }) => {
        const user = await findUser(tenancy.control, email)
        if (!user)
          throw new CommandError(
            `Nobody has the address ${email}. Make the account first: spintrack users create --email ${email} --name …`,
          )
        // Nothing else may be running that keeps tenants on standby.
        await refillStandby(owner, tenancy.control, blueprint, 1)
        const company = await createCompany(tenancy, user, { name, ...(slug && { slug }) })
        print(`Created ${company.name} at /c/${company.slug}, owned by ${email}.\n`)
      }),
    )
  for (const command of [showCommand(), ...stateCommands(), ...deletionCommands(), exportCommand(), importCommand()]) {
    companies.addCommand(command)
  }
  return companies
}
