import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Binaries, openBinaries } from './embedded-binaries.ts'
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts'
import { initialise } from './embedded-initialise.ts'
import { type Keeper, keep } from './embedded-keeper.ts'
import { ensureLogins } from './embedded-logins.ts'
import { elsewhere, findPlace, openDirectory, type Place } from './embedded-place.ts'
import { openSecrets, type Secrets } from './embedded-secrets.ts'
import { endOfLog, findServer, type Settings, startServer, stopServer } from './embedded-server.ts'

export { EmbeddedPostgresError } from './embedded-error.ts'

export type OpenEmbedded = {
  /** The folder that keeps everything (DATA_DIR); made when missing. */
  directory: string
  /** Gets a line when something happens that a person should know. */
  log: (line: string) => void
  /** PostgreSQL settings that go before ours; of no effect on a server that runs already. */
  tuning?: Settings
}

export type EmbeddedPostgres = {
  /** The superuser's address, on the database `postgres` unless another is named. */
  superuserUrl(database?: string): string
  /** The address of the login that owns the database `spintrack`. */
  ownerUrl: string
  /** The address of the login that may only use what the owner grants it. */
  appUrl: string
  /** The address of the login that may only read what the owner grants it. */
  reportingUrl: string
  /** Random, kept with the data. */
  sessionSecret: string
  /** True when this call made the data folder, so the database is empty. */
  fresh: boolean
  /** Gives the server up, and stops it when no other process uses it. May be called twice. */
  close(): Promise<void>
}

/**
 * Opens the PostgreSQL that lives in the directory: makes it when missing, starts it when stopped, shares it when another
 * process runs it, adopts it when its process died. The server is nobody's child: it outlives Ctrl-C until `close`.
 * Throws EmbeddedPostgresError when a person must mend something.
 */
export async function openEmbedded({ directory, log, tuning = {} }: OpenEmbedded): Promise<EmbeddedPostgres> {
  const root = await openDirectory(directory)
  const secrets = await openSecrets(root)
  const place = await findPlace(root, secrets.id)
  const binaries = await openBinaries(place.account)
  const { superuserPassword } = secrets
  const fresh = await initialise({ place, binaries, superuserPassword, durable: tuning.fsync !== 'off' })
  if (place.base !== root) log(`PostgreSQL's account cannot enter ${root}, so the database is in ${place.data}`)

  const { port, keeper } = await attach({ place, binaries, tuning, superuserPassword })
  const url = (user: string, password: string, database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`
  const superuserUrl = (database = 'postgres') => url('postgres', superuserPassword, database)
  const leave = async () => {
    // Asked while the lock is held: whoever comes now waits, and starts the server anew once it has stopped.
    try {
      if (await keeper.leave()) await stopServer(place, binaries, 'fast')
    } finally {
      await keeper.close()
    }
  }
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= leave()
    return closed
  }
  try {
    await ensureLogins(superuserUrl(), secrets)
  } catch (error) {
    await close()
    throw error
  }
  return { superuserUrl, ...loginUrls(url, secrets), sessionSecret: secrets.sessionSecret, fresh, close }
}

/** Stops the server, whoever uses it, and removes the directory and everything that was kept for it elsewhere. */
export async function destroyEmbedded(directory: string): Promise<void> {
  const root = await openDirectory(directory)
  const secrets = await openSecrets(root)
  // Asked first: what cannot be opened can still be removed.
  if (await findServer(join(root, 'postgres'))) {
    const place = await findPlace(root, secrets.id)
    await stopServer(place, await openBinaries(place.account), 'immediate')
  }
  await rm(elsewhere(root, secrets.id), { recursive: true, force: true })
  await rm(root, { recursive: true, force: true })
}

type Url = (user: string, password: string, database: string) => string

function loginUrls(url: Url, { ownerPassword, appPassword, reportingPassword }: Secrets) {
  return {
    ownerUrl: url('spintrack_owner', ownerPassword, 'spintrack'),
    appUrl: url('spintrack_app', appPassword, 'spintrack'),
    reportingUrl: url('spintrack_reporting', reportingPassword, 'spintrack'),
  }
}

type Attach = { place: Place; binaries: Binaries; tuning: Settings; superuserPassword: string }

// Long enough for a server that is recovering from a power cut, or stopping under load.
const patience = 60_000
// A server that starts or stops refuses connections for milliseconds. After this the process is not a server.
const refusal = 5_000

async function attach({
  place,
  binaries,
  tuning,
  superuserPassword,
}: Attach): Promise<{ port: number; keeper: Keeper }> {
  const begun = Date.now()
  let answered = begun
  let last: unknown
  while (Date.now() - begun < patience) {
    const server = await findServer(place.data)
    if (!server || Date.now() - answered > refusal) {
      await startServer(place, binaries, tuning)
      answered = Date.now()
    }
    const port = server?.port
    if (port) {
      try {
        return { port, keeper: await keep(`postgres://postgres:${superuserPassword}@127.0.0.1:${port}/postgres`) }
      } catch (error) {
        last = error
        if (errorCode(error) === '28P01') throw foreign(place, error)
        if (errorCode(error) !== 'ECONNREFUSED') answered = Date.now()
      }
    }
    if (server) await pause(50)
  }
  throw new EmbeddedPostgresError(
    `Expected PostgreSQL in ${place.data} to answer within ${patience / 1000} s, got: ${String(last)}\n` +
      `The end of its log:\n${await endOfLog(place.data)}\n` +
      `If no PostgreSQL runs in this folder, remove ${place.data}/postmaster.pid and start again.`,
    { cause: last },
  )
}

function foreign({ directory, data }: Place, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `Expected the PostgreSQL in ${data} to take the password in ${directory}/secrets.json, and it refuses it. ` +
      'Restore the secrets.json that was made with this database, or remove the directory to begin with an empty one.',
    { cause },
  )
}
