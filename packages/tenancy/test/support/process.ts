import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Runs a script of this folder in a process of its own. Not in tap's environment: it would record the coverage of sources
 * that another loader translated, and spoil that of the tests.
 */
export function start(script: string, args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const program = [process.execPath, '--import', import.meta.resolve('tsx'), path, ...args]
  return spawn('env', ['-i', `PATH=${process.env.PATH}`, ...program], { stdio: ['ignore', 'pipe', 'ignore'] })
}
