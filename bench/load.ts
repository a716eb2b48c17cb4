import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'

const autocannon = createRequire(import.meta.url).resolve('autocannon')
const connections = 20

/** Requests answered a second, by an autocannon in a process of its own. Throws when an answer was not a 2xx. */
export async function requestsPerSecond(url: string, cookie: string, seconds: number): Promise<number> {
  const options = ['--json', '--connections', connections, '--duration', seconds, '--headers', `cookie=${cookie}`]
  const { stdout } = await promisify(execFile)(process.execPath, [autocannon, ...options.map(String), url])
  const result = JSON.parse(stdout)
  if (result['2xx'] === 0 || result.non2xx + result.errors > 0) {
    throw new Error(
      `Expected ${url} to answer 2xx only, got ${result.non2xx} others and ${result.errors} errors beside ${result['2xx']}`,
    )
  }
  return result['2xx'] / result.duration
}
