import { spawn } from 'node:child_process'
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts'

/** The operating system's account a program runs as; undefined in the functions below means "as this process does". */
export type Account = { uid: number; gid: number; name: string }

export type Ran = { status: number | string; output: string }

// Nothing of the caller's environment: PGDATA, PGPORT or a locale that is not installed would change what the programs do.
const environment = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' }

export function runsAsRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * The account PostgreSQL runs as for new data: it refuses to run as root, so root lends it to `postgres` or, where there
 * is none, to `nobody`. Accounts are never created. Undefined for a plain user.
 */
export async function serverAccount(): Promise<Account | undefined> {
  if (!runsAsRoot()) return undefined
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.output), gid: Number(gid.output), name }
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root: expected an account "postgres" or "nobody" to run it as, found neither. ' +
      'Start as a plain user, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

/** Whether the account can enter the directory. Asked of the system itself, since access lists do not show in the mode. */
export async function canEnter(directory: string, account: Account): Promise<boolean> {
  return (await run('/bin/sh', ['-c', 'cd -- "$0"', directory], account)).status === 0
}

/**
 * Runs a program to its end. `status` is its exit code, the signal that ended it, or the system's code when it could not
 * be run at all (`EACCES`, `ENOENT`). It gets a session of its own, so Ctrl-C does not cut a shutdown in half.
 */
export function run(file: string, args: string[], account?: Account): Promise<Ran> {
  return new Promise(resolve => {
    // The caller's working directory may be closed to the account, and PostgreSQL's programs insist on knowing theirs.
    const child = spawn(file, args, {
      cwd: '/',
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      ...(account && { uid: account.uid, gid: account.gid }),
    })
    let output = ''
    child.stdout.on('data', chunk => {
      output += chunk
    })
    child.stderr.on('data', chunk => {
      output += chunk
    })
    child.on('error', error => resolve({ status: errorCode(error) || 'error', output: error.message }))
    child.on('close', (code, signal) => resolve({ status: code ?? signal ?? 'error', output: output.trim() }))
  })
}
