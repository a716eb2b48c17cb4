import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const bin = join(import.meta.dirname, '../../bin/spintrack.js')

export type Env = Record<string, string>
export type Result = { code: number | null; out: string; err: string }

// Not tap's environment: it would have each command load tap as well.
const clean = { PATH: process.env.PATH ?? '' }

/** Starts `spintrack` as a process. */
export function launch(
  args: string[],
  env: Env,
): ChildProcess & { stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
  return spawn(process.execPath, [bin, ...args], { env: { ...clean, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Runs `spintrack` to its end. */
export async function run(args: string[], env: Env, input = ''): Promise<Result> {
  const child = launch(args, env)
  child.stdin?.end(input)
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code, out, err }
}
