import { createHmac, randomBytes } from 'node:crypto'
import { chmod, link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts'

const names = ['id', 'superuserPassword', 'ownerPassword', 'appPassword', 'sessionSecret'] as const

/** What is random in one data folder. `id` is not secret: it tells this folder from a later one at the same path. */
export type Secrets = Kept & {
  /** Derived, so that folders made before there was a reporting login need no change, which two processes could make at once. */
  reportingPassword: string
}
type Kept = Record<(typeof names)[number], string>

/**
 * Reads `<directory>/secrets.json`, and makes it when it is missing. Of two processes that make it at once, one wins and
 * both get what it wrote. Throws EmbeddedPostgresError when it cannot be read or is not what this function wrote.
 */
export async function openSecrets(directory: string): Promise<Secrets> {
  const file = join(directory, 'secrets.json')
  const existing = await readSecrets(file)
  if (existing) return existing
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    const handle = await open(draft, 'wx', 0o600)
    const secrets = names.map(name => [name, randomBytes(32).toString('base64url')])
    await handle.writeFile(`${JSON.stringify(Object.fromEntries(secrets), null, 2)}\n`)
    // PostgreSQL syncs its own files. Passwords lost in a power cut would leave a database nobody can enter.
    await handle.sync()
    await handle.close()
    await link(draft, file).catch(error => {
      if (errorCode(error) !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
  const written = await readSecrets(file)
  if (!written) throw new EmbeddedPostgresError(`Expected ${file}, just written, and it is gone. Start again.`)
  return written
}

async function readSecrets(file: string): Promise<Secrets | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
    await chmod(file, 0o600)
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined
    throw new EmbeddedPostgresError(
      `Expected to read ${file}, got ${errorCode(cause)}. Start as the user who owns it.`,
      { cause },
    )
  }
  const secrets = parse(text)
  if (isWhole(secrets))
    return { ...secrets, reportingPassword: derive(secrets.superuserPassword, 'spintrack_reporting') }
  throw new EmbeddedPostgresError(
    `Expected ${names.join(', ')} in ${file}, and they are not all there. ` +
      'Restore the file, or remove its whole folder to begin with an empty database.',
  )
}

function isWhole(secrets: Partial<Kept>): secrets is Kept {
  return names.every(name => typeof secrets[name] === 'string' && secrets[name] !== '')
}

function derive(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url')
}

function parse(text: string): Partial<Kept> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
