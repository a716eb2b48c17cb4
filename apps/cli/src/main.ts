import { readFileSync } from 'node:fs'
import { ProblemError } from '@spintrack/contract/problems'
import { EmbeddedPostgresError } from '@spintrack/database/embedded'
import { DeletionRequested } from '@spintrack/domain/lifecycle'
import { FileNotWritten } from '@spintrack/tenancy/archive-file'
import { ArchiveRefused } from '@spintrack/tenancy/archive-format'
import { DatabaseUnavailable, NoStandbyTenant, rootCause, WrongState } from '@spintrack/tenancy/errors'
import { Command } from 'commander'
import { CommandError } from './errors.ts'
import { print, printError } from './output.ts'
import { SettingsError } from './settings.ts'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const program = new Command('spintrack')
  .version(manifest.version)
  .description('Runs and operates Spintrack, the Enterprise Fidget Spinner Tracker.')
  .addHelpText(
    'after',
    '\nSettings come from the environment; docs/operations.md lists them. Without DATABASE_URL the embedded PostgreSQL is used.',
  )
  .showHelpAfterError()
  .configureOutput({ writeOut: print, writeErr: printError })

/** Each is loaded when it is asked for: no command should wait for what the others need. */
const commands: Record<string, () => Promise<() => Command>> = {
  start: async () => (await import('./commands/serve.ts')).startCommand,
  api: async () => (await import('./commands/serve.ts')).apiCommand,
  worker: async () => (await import('./commands/serve.ts')).workerCommand,
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand,
  fleet: async () => (await import('./commands/fleet.ts')).fleetCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  jobs: async () => (await import('./commands/jobs.ts')).jobsCommand,
  mail: async () => (await import('./commands/mail.ts')).mailCommand,
  users: async () => (await import('./commands/users.ts')).usersCommand,
  companies: async () => (await import('./commands/companies.ts')).companiesCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  exec: async () => (await import('./commands/exec.ts')).execCommand,
}

const asked = process.argv[2] ?? ''
for (const [name, load] of Object.entries(commands)) {
  // Help and a word that is no command need them all.
  if (!Object.hasOwn(commands, asked) || name === asked) program.addCommand((await load())())
}

/** Errors whose message is meant for the person at the terminal. */
const explained = [
  ArchiveRefused,
  FileNotWritten,
  CommandError,
  SettingsError,
  EmbeddedPostgresError,
  ProblemError,
  DeletionRequested,
  WrongState,
  NoStandbyTenant,
]

try {
  await program.parseAsync()
} catch (error) {
  printError(`${describe(error)}\n`)
  process.exitCode = 1
}

function describe(error: unknown): string {
  if (explained.some(kind => error instanceof kind)) return (error as Error).message
  const root = rootCause(error)
  const reason = root instanceof Error ? root.message || String((root as { code?: string }).code) : String(root)
  if (error instanceof DatabaseUnavailable || (root as { code?: string }).code === 'ECONNREFUSED') {
    return `PostgreSQL could not be reached (${reason}). Check DATABASE_URL and DATABASE_APP_URL, or unset both to use the embedded PostgreSQL.`
  }
  if ((root as { code?: string }).code === '42P01')
    return `${reason}. The database has not been set up: run spintrack migrate first.`
  return root instanceof Error ? (root.stack ?? root.message) : reason
}
