import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tenantBlueprint } from '@spintrack/database/blueprint'
import { openEmbedded } from '@spintrack/database/embedded'
import { login } from '@spintrack/database/login'
import { migrate } from '@spintrack/database/migrate'
import { createPool, type Pool } from '@spintrack/tenancy/pool'
import type { Blueprint } from '@spintrack/tenancy/provision'

/** A migrated database on a PostgreSQL of its own, set up as `spintrack start` does it: it waits for the disk. */
export type Installation = {
  ownerUrl: string
  appUrl: string
  /** Pools of the owner login and of a superuser of the same database. */
  owner: Pool
  superuser: Pool
  blueprint: Blueprint
  sessionSecret: string
  /** Ends everything and removes the folder. */
  close(): Promise<void>
}

/** The script that stops a PostgreSQL and removes its folder once its standard input ends. */
const sweeper = fileURLToPath(new URL('../packages/database/test/support/with-postgres.ts', import.meta.url))

export async function openInstallation(): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), 'spintrack-bench-'))
  // As root the server runs as another account, which has to get in.
  await chmod(directory, 0o755)
  // Another process, whose input ends with this one however that happens: nothing is left running after Ctrl-C.
  const sweeping = spawn(process.execPath, [...process.execArgv, sweeper, '--sweep-after', directory], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  })
  const { ownerUrl, appUrl, superuserUrl, sessionSecret } = await openEmbedded({ directory, log: () => {} })
  const owner = createPool({ connectionString: ownerUrl, max: 4 })
  const superuser = createPool({ connectionString: superuserUrl('spintrack'), max: 1 })
  await migrate({ owner, superuser, ownerUrl, appUrl })
  return {
    ...{ ownerUrl, appUrl, owner, superuser, sessionSecret },
    blueprint: tenantBlueprint(login(appUrl).user),
    async close() {
      await Promise.all([owner.end(), superuser.end()])
      sweeping.stdin?.end()
      await once(sweeping, 'close')
    },
  }
}

/**
 * Brings a database that was just filled to rest: statistics gathered, no dead rows for autovacuum to find, nothing
 * left for a checkpoint to write. Otherwise the measurements pay for the filling.
 */
export async function settle({ superuser }: Installation): Promise<void> {
  await superuser.query('vacuum (analyze)')
  await superuser.query('checkpoint')
}
