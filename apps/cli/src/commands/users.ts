import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { signUp, verifyEmail } from '@spintrack/domain/accounts'
import { chooseParameters, createHasher } from '@spintrack/domain/hashing'
import { Command } from 'commander'
import { withControl } from '../control.ts'
import { print } from '../output.ts'

/** `spintrack users`: accounts, from the terminal. */
export function usersCommand(): Command {
  const users = new Command('users').description('accounts of people')
  users
    .command('create')
    .description('make an account, whose address counts as verified')
    .requiredOption('--email <address>', 'the address the person logs in with')
    .requiredOption('--name <name>', 'what the person is called')
    .option('--password-stdin', 'read the password from standard input instead of making a random one up')
    .action(({ email, name, passwordStdin }: { email: string; name: string; passwordStdin?: boolean }) =>
      withControl(async ({ database }) => {
        const password = passwordStdin
          ? (await text(process.stdin)).replace(/\r?\n$/, '')
          : randomBytes(12).toString('base64url')
        const hasher = createHasher({ parameters: await chooseParameters() })
        await signUp(database.tenancy.control, hasher, { email, name, password }, { verified: true })
        print(`Created ${email}.${passwordStdin ? '' : ` The password, shown this once: ${password}`}\n`)
      }),
    )
  users
    .command('verify')
    .description('take an e-mail address for its owner’s, where no mail can show it')
    .argument('<address>', 'of an account')
    .action((email: string) =>
      withControl(async ({ database }) => {
        await verifyEmail(database.tenancy.control, email)
        print(`${email} counts as verified.\n`)
      }),
    )
  return users
}
