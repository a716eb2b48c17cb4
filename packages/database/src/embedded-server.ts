import { readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts'
import type { Place } from './embedded-place.ts'

/** PostgreSQL's settings by name, given to the server on its command line. */
export type Settings = Record<string, string | number>

const settings: Settings = {
  listen_addresses: '127.0.0.1',
  // A socket's path has at most 107 bytes, fewer than many a folder's.
  unix_socket_directories: '',
  max_connections: 120,
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'spintrack',
}

/** The server that postmaster.pid in the data folder names, if that process lives. No port yet: it is still starting. */
export async function findServer(data: string): Promise<{ pid: number; port?: number } | undefined> {
  const [pid, , , port] = await readLines(join(data, 'postmaster.pid'))
  // An empty file is one that is being written.
  if (pid === undefined || (pid !== '' && !processLives(Number(pid)))) return undefined
  return { pid: Number(pid), ...(port && { port: Number(port) }) }
}

/** Whether a process with this id runs, whoever owns it. */
export function processLives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

// Another process starts the server too, took the port, or used and stopped what we started before pg_ctl had looked;
// or a killed one is not quite gone. All of it passes.
const passing =
  /postmaster\.pid" (already exists|is empty)|could not bind|ready to accept connections|shared memory block .*in use/

/**
 * Starts the server on a free port and waits until it answers. Returns without one when a server runs in this folder
 * already or another process took the port first: look again. Throws EmbeddedPostgresError with the end of the log.
 */
export async function startServer(place: Place, binaries: Binaries, tuning: Settings): Promise<void> {
  await claimForThisHost(place)
  const log = join(place.data, 'server.log')
  const before = await sizeOf(log)
  const given = { ...settings, ...tuning, port: await freePort() }
  const options = Object.entries(given).map(([name, value]) => `-c ${name}=${quote(String(value))}`)
  const args = ['start', '-w', '-t', '60', '-D', place.data, '-l', log, '-o', options.join(' ')]
  const { status, output } = await run(binaries.pgCtl, args, place.account)
  if (status === 0) return
  const said = (await readFile(log).catch(() => Buffer.alloc(0))).subarray(before).toString()
  if (passing.test(output + said)) return
  throw new EmbeddedPostgresError(
    `Expected PostgreSQL to start in ${place.data}, got ${status}: ${output}\nThe end of ${log}:\n${lastLines(said)}\n` +
      'Mend what it says and start again.',
  )
}

/**
 * Stops the server in this folder and waits for its end. `immediate` does not let it write its memory to disk first.
 *
 * pg_ctl only gives the signal: left to wait, it mistakes a server that another process starts right after for the one
 * that it stops, and waits for that one to end.
 */
export async function stopServer(place: Place, binaries: Binaries, mode: 'fast' | 'immediate'): Promise<void> {
  const server = await findServer(place.data)
  if (!server) return
  const { status, output } = await run(binaries.pgCtl, ['stop', '-W', '-D', place.data, '-m', mode], place.account)
  const runs = async () => (await findServer(place.data))?.pid === server.pid
  for (const deadline = Date.now() + 120_000; await runs(); await pause(20)) {
    if (status === 0 && Date.now() < deadline) continue
    throw new EmbeddedPostgresError(
      `Expected PostgreSQL (process ${server.pid}) in ${place.data} to stop, got ${status}: ${output}\n` +
        `The end of its log:\n${await endOfLog(place.data)}`,
    )
  }
}

/** The last lines the server wrote, for an error message. */
export async function endOfLog(data: string): Promise<string> {
  return lastLines(await readFile(join(data, 'server.log'), 'utf8').catch(() => ''))
}

/**
 * PostgreSQL finds out that a folder is in use by looking for the process, which it cannot see on another machine or in
 * another container that shares the folder. Two servers on one folder destroy it, so the host is written down.
 */
async function claimForThisHost({ directory, data }: Place): Promise<void> {
  const file = join(directory, 'host')
  const [host] = await readLines(file)
  const unclean = (await readLines(join(data, 'postmaster.pid'))).length > 0
  if (unclean && host && host !== hostname()) {
    throw new EmbeddedPostgresError(
      `Expected the database in ${data} to be used by this host (${hostname()}) alone; ` +
        `it was last started on ${host} and has not been stopped there. ` +
        `Stop it there. If nothing runs there any more, remove ${join(data, 'postmaster.pid')} and start again.`,
    )
  }
  if (host !== hostname()) await writeFile(file, `${hostname()}\n`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

// pg_ctl hands the options to a shell.
function quote(value: string): string {
  return /^[\w.,+-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}

async function readLines(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').map(line => line.trim())
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-12).join('\n')
}
