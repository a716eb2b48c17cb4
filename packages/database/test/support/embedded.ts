import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Test } from 'tap'
import { destroyEmbedded, type EmbeddedPostgres, openEmbedded } from '../../src/embedded.ts'
import { testTuning } from './cluster.ts'

/** An empty folder that all may enter. After the test its server is stopped, and nothing of it stays. */
export async function emptyFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spintrack-embedded-'))
  await chmod(folder, 0o755)
  t.teardown(() => destroyEmbedded(folder))
  return folder
}

/** Opens in this process, with test settings; closed after the test. */
export async function open(t: Test, directory: string, log: string[] = []): Promise<EmbeddedPostgres> {
  const opened = await openEmbedded({ directory, log: line => log.push(line), tuning: testTuning })
  t.teardown(opened.close)
  return opened
}

export type Told = { url: string; fresh: boolean; log: string[]; error?: string }
export type Holder = { told: Told; child: ChildProcess; close(): Promise<void>; kill(): Promise<void> }

/** Opens in a process of its own, as another account when `uid` is given. */
export async function hold(t: Test, directory: string, uid?: number): Promise<Holder> {
  const script = fileURLToPath(new URL('holder.ts', import.meta.url))
  // Not tap's environment, which would have the process record its coverage where another account may not write.
  const environment = ['-i', `PATH=${process.env.PATH}`, 'TSX_DISABLE_CACHE=1']
  const program = [process.execPath, '--import', import.meta.resolve('tsx'), script, directory]
  const child = spawn('env', [...environment, ...program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid && { uid, gid: uid }),
  })
  const ended = once(child, 'exit')
  const end = async (how: () => void) => {
    how()
    await ended
  }
  const kill = () => end(() => child.kill('SIGKILL'))
  t.teardown(kill)
  for await (const line of createInterface(child.stdout)) {
    return { told: JSON.parse(line), child, close: () => end(() => child.stdin.end()), kill }
  }
  throw new Error('the holder ended without a word')
}

/** The first column of the first row. */
export async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, query_timeout: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

/** Tells one run of a server from the next. */
export function startedAt(url: string): Promise<unknown> {
  return ask(url, 'select pg_postmaster_start_time()::text')
}
