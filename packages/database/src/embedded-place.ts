import { createHash } from 'node:crypto'
import { access, chmod, constants, lstat, mkdir, readlink, realpath, stat, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Account, canEnter, runsAsRoot, serverAccount } from './embedded-account.ts'
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts'

/**
 * Where what root runs for others is kept. Not /var/tmp: there anybody may take a name first, and the system removes
 * files that were not touched for a month, which a database does not survive.
 */
const systemFolder = '/var/lib/spintrack'

/** `base` is the folder that holds `data`, PostgreSQL's own. `account` is who runs the server, when not this process's user. */
export type Place = { directory: string; base: string; data: string; account?: Account }

/** Makes the directory when it is missing and gives its real path. Throws EmbeddedPostgresError when it is of no use. */
export async function openDirectory(wanted: string): Promise<string> {
  const directory = resolve(wanted)
  try {
    await mkdir(directory, { recursive: true })
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    return await realpath(directory)
  } catch (cause) {
    const code = errorCode(cause)
    const got = code === 'EEXIST' || code === 'ENOTDIR' ? 'it is not a directory' : `the system says ${code}`
    throw new EmbeddedPostgresError(
      `Expected ${directory} to be a directory this user can read and write, and ${got}. ` +
        'Give the user that right, or set DATA_DIR to another directory.',
      { cause },
    )
  }
}

/** Decides where the data lies or will lie, and as whom the server runs. `id` is the one in the directory's secrets. */
export async function findPlace(directory: string, id: string): Promise<Place> {
  const link = join(directory, 'postgres')
  if (await lstat(link).catch(() => undefined)) return existingPlace(directory, link)
  const account = await serverAccount()
  if (!account || (await canEnter(directory, account))) {
    return { directory, base: directory, data: link, ...(account && { account }) }
  }
  await openSystemFolder()
  const base = elsewhere(directory, id)
  await openRootFolder(base)
  return { directory, base, data: join(base, 'postgres'), account }
}

/** The folder that stands in for the directory when the server's account cannot enter it. */
export function elsewhere(directory: string, id: string): string {
  const hash = createHash('sha256').update(`${directory}\0${id}`).digest('hex')
  return join(systemFolder, `data-${hash.slice(0, 16)}`)
}

/** Leaves a link in the wanted directory when the data lies elsewhere, for people and for the next start. */
export async function markPlace({ directory, base, data }: Place): Promise<void> {
  if (base === directory) return
  await symlink(data, join(directory, 'postgres')).catch(error => {
    if (errorCode(error) !== 'EEXIST') throw error
  })
}

/** `/var/lib/spintrack`, made when missing; belongs to root, readable by all. */
export async function openSystemFolder(): Promise<string> {
  await openRootFolder(systemFolder)
  return systemFolder
}

async function existingPlace(directory: string, link: string): Promise<Place> {
  const data = await realpath(link).catch(() => undefined)
  if (!data) {
    throw new EmbeddedPostgresError(
      `Expected the database at ${await readlink(link)}, where ${link} points, and nothing is there. ` +
        `Put it back, or remove ${directory} to begin with an empty database.`,
    )
  }
  const base = data === link ? directory : resolve(data, '..')
  const { uid, gid } = await stat(data)
  if (!runsAsRoot()) {
    if (process.getuid && uid !== process.getuid()) {
      throw new EmbeddedPostgresError(
        `Expected ${data} to belong to this user (${process.getuid()}), and it belongs to user ${uid}. ` +
          'Start as that user (as root when it was made by root), or set DATA_DIR to another directory.',
      )
    }
    return { directory, base, data }
  }
  // Whoever made the data keeps running it: files of two owners would be readable by neither.
  const account = { uid, gid, name: `user ${uid}` }
  if (uid !== 0 && (await canEnter(data, account))) return { directory, base, data, account }
  throw new EmbeddedPostgresError(
    `Expected ${data} to be open to the account that runs PostgreSQL, and user ${uid}, who owns it, ` +
      `${uid === 0 ? 'is root' : 'cannot enter it'}. Start as the user who made it, or set DATA_DIR to another directory.`,
  )
}

async function openRootFolder(folder: string): Promise<void> {
  try {
    if (await mkdir(folder, { recursive: true })) await chmod(folder, 0o755)
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `Expected to make ${folder}, since PostgreSQL does not run as root and its account cannot enter DATA_DIR, ` +
        `got ${errorCode(cause)}. Set DATA_DIR to a directory that all may enter, or set DATABASE_URL.`,
      { cause },
    )
  }
  const { uid, mode } = await lstat(folder)
  if (uid === 0 && (mode & 0o022) === 0) return
  throw new EmbeddedPostgresError(
    `Expected ${folder} to belong to root and be writable by nobody else, and it is not. Remove it and start again.`,
  )
}
