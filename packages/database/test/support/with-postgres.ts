// tsx with-postgres.ts <command…>: runs the command beside a PostgreSQL of its own, of which nothing stays.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { destroyEmbedded, openEmbedded } from '../../src/embedded.ts'
import { testTuning } from './cluster.ts'

const log = (line: string) => process.stderr.write(`${line}\n`)

const [command, ...args] = process.argv.slice(2)
if (command === undefined) {
  log('Expected a command to run, got none. Usage: tsx with-postgres.ts <command> [arguments]')
  process.exitCode = 2
} else if (command === '--sweep-after') {
  await sweepAfter(args[0] ?? '')
} else {
  process.exit(await runBeside(command, args))
}

async function runBeside(command: string, args: string[]): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'spintrack-test-'))
  // As root the server runs as another account, which has to get in; what is secret inside has modes of its own.
  await chmod(directory, 0o755)
  const sweeper = startSweeper(directory)
  let child: ChildProcess | undefined
  let stopped: NodeJS.Signals | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopped = signal
      signalGroup(child?.pid, signal)
    })
  }
  try {
    await openEmbedded({ directory, log, tuning: testTuning })
    if (stopped) return 128 + constants.signals[stopped]
    // A process group of its own: Ctrl-C reaches it once, by us, and its stragglers can be found.
    child = spawn(command, args, {
      stdio: 'inherit',
      detached: true,
      env: { ...process.env, SPINTRACK_TEST_DIR: directory },
    })
    sweeper.stdin?.write(`${child.pid ?? ''}\n`)
    return await exitCode(child)
  } catch (error) {
    log(error instanceof Error ? error.message : String(error))
    return 1
  } finally {
    sweeper.stdin?.end()
    await once(sweeper, 'close')
  }
}

/** A process that cleans up once its standard input ends, which happens even when this process is killed. */
function startSweeper(directory: string): ChildProcess {
  const script = [...process.execArgv, fileURLToPath(import.meta.url), '--sweep-after', directory]
  return spawn(process.execPath, script, { stdio: ['pipe', 'ignore', 'inherit'], detached: true })
}

async function sweepAfter(directory: string): Promise<void> {
  let told = ''
  for await (const chunk of process.stdin) told += chunk
  signalGroup(Number(told) || undefined, 'SIGKILL')
  await destroyEmbedded(directory)
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (!leader) return
  try {
    process.kill(-leader, signal)
  } catch {
    // The group has ended.
  }
}

async function exitCode(child: ChildProcess): Promise<number> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return code ?? 128 + constants.signals[signal ?? 'SIGKILL']
}
