import { chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { run } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts'
import { markPlace, type Place } from './embedded-place.ts'
import { processLives } from './embedded-server.ts'

/** `durable: false` skips waiting for the disk, for tests. */
export type Initialise = { place: Place; binaries: Binaries; superuserPassword: string; durable: boolean }

/**
 * Makes the data folder when it is missing; true when this call made it.
 *
 * It is made under another name and renamed when complete. A rename onto a folder that has something in it fails, so of
 * two first starts at once one wins and the other uses what it made; and a crash leaves no half-made database and no
 * stale lock, only a folder which the next one sweeps away.
 */
export async function initialise({ place, binaries, superuserPassword, durable }: Initialise): Promise<boolean> {
  const found = await readVersion(place.data)
  const made = found === undefined && (await makeData({ place, binaries, superuserPassword, durable }))
  await markPlace(place)
  const version = found ?? (await readVersion(place.data))
  if (version === binaries.major) return made
  if (version === undefined) {
    throw new EmbeddedPostgresError(
      `Expected ${place.data} to be empty or a PostgreSQL data folder, and it holds something else. ` +
        'Move it away, or set DATA_DIR to another directory.',
    )
  }
  throw new EmbeddedPostgresError(
    `Expected ${place.data} to be made by PostgreSQL ${binaries.major}, got one made by PostgreSQL ${version}. ` +
      `Dump it with a PostgreSQL ${version} and load it into a new one, or set DATA_DIR to another directory.`,
  )
}

async function makeData({ place, binaries, superuserPassword, durable }: Initialise): Promise<boolean> {
  const { base, data, account } = place
  await sweep(base)
  const work = await mkdtemp(join(base, `init-${process.pid}-`))
  try {
    const passwordFile = join(work, 'password')
    await writeFile(passwordFile, superuserPassword, { mode: 0o600 })
    if (account) {
      await chown(passwordFile, account.uid, account.gid)
      await chown(work, account.uid, account.gid)
    }
    const { status, output } = await run(
      binaries.initdb,
      [
        `--pgdata=${join(work, 'data')}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        // PostgreSQL's own locale sorts the same on every machine and after every upgrade of the system's libraries.
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      account,
    )
    if (status !== 0) {
      throw new EmbeddedPostgresError(
        `Expected initdb to make a database in ${base}, got ${status}:\n${output}\n` +
          'Mend what it says (often a full disk), or set DATA_DIR to another directory.',
      )
    }
    await rename(join(work, 'data'), data)
    return true
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) return false
    throw error
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Removes what processes that died while making the data left behind. */
async function sweep(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const pid = basename(name).match(/^init-(\d+)-/)?.[1]
    if (!pid || processLives(Number(pid))) continue
    // An initdb that outlived its process may still be writing there: then the next first start removes it.
    await rm(join(base, name), { recursive: true, force: true }).catch(() => {})
  }
}

async function readVersion(data: string): Promise<string | undefined> {
  try {
    return (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return undefined
    throw error
  }
}
