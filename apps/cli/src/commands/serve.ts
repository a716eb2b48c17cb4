import { Command } from 'commander'

// The servers are loaded when they are asked for: no other command should wait for them.

/** `spintrack start`: the whole product in one process. */
export function startCommand(): Command {
  return new Command('start')
    .description(
      'run the whole product in one process: database if none is given, migrations, background work, API and web',
    )
    .action(async () => (await import('../product.ts')).start())
}

/** `spintrack api`: API and web alone. */
export function apiCommand(): Command {
  return new Command('api')
    .description('run the API and the web alone, beside a worker; needs only the app login')
    .action(async () => (await import('../product.ts')).api())
}

/** `spintrack worker`: the background work alone. */
export function workerCommand(): Command {
  return new Command('worker')
    .description('run the background work alone, beside spintrack api: standby tenants, jobs, nightly roll-ups')
    .action(async () => (await import('../product.ts')).worker())
}
