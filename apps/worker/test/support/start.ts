import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestDatabase } from '@spintrack/database/testing'

/** A worker in a process of its own, without tap's environment, to be killed. */
export function startWorkerProcess({ ownerUrl, appUrl }: TestDatabase): ChildProcess {
  const script = fileURLToPath(new URL('worker-process.ts', import.meta.url))
  const program = [process.execPath, '--import', import.meta.resolve('tsx'), script, ownerUrl, appUrl]
  return spawn('env', ['-i', `PATH=${process.env.PATH}`, ...program], { stdio: ['ignore', 'ignore', 'inherit'] })
}
