import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Makes one file of plain JavaScript in `folder` out of a script of this folder and all that it imports, and returns its
 * path. Node starts it in a fifth of the time that it takes with tsx, whose compiler this is.
 */
export function bundle(script: string, folder: string): string {
  const outfile = join(folder, 'script.cjs')
  const esbuild = createRequire(import.meta.resolve('tsx')).resolve('esbuild/bin/esbuild')
  const input = fileURLToPath(new URL(script, import.meta.url))
  const { status, stderr } = spawnSync(
    esbuild,
    [input, '--bundle', '--platform=node', '--format=cjs', '--external:pg-native', `--outfile=${outfile}`],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  return outfile
}
