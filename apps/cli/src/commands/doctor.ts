import { Command } from 'commander'
import { describeFindings, findProblems, withControl } from '../control.ts'
import { print } from '../output.ts'

/** `spintrack doctor`: does the installation keep its promises? */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'check that PostgreSQL keeps the companies apart, and say what mends what is wrong; exit code 1 if anything is',
    )
    .action(() =>
      withControl(async ({ installation, owner }) => {
        const findings = await findProblems(owner, installation)
        print(
          findings.length === 0
            ? 'Healthy: nothing to mend.\n'
            : `${findings.length} to mend:\n${describeFindings(findings)}\n`,
        )
        if (findings.length > 0) process.exitCode = 1
      }),
    )
}
