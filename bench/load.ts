import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'

const autocannon = createRequire(import.meta.url).resolve('autocannon')
const connections = 20

/** What is sent over and over. */
export type Repeated = { url: string; headers: Record<string, string>; body?: object }

/** Requests answered a second, by an autocannon in a process of its own. Throws when an answer was not a 2xx. */
export async function requestsPerSecond({ url, headers, body }: Repeated, seconds: number): Promise<number> {
  const sent = { ...headers, ...(body && { 'content-type': 'application/json' }) }
  const options = [
    ...['--json', '--connections', connections, '--duration', seconds],
    ...Object.entries(sent).flatMap(([name, value]) => ['--headers', `${name}=${value}`]),
    ...(body ? ['--method', 'POST', '--body', JSON.stringify(body)] : []),
  ]
  const { stdout } = await promisify(execFile)(process.execPath, [autocannon, ...options.map(String), url])
  const result = JSON.parse(stdout)
  if (result['2xx'] === 0 || result.non2xx + result.errors > 0) {
    throw new Error(
      `Expected ${url} to answer 2xx only, got ${result.non2xx} others and ${result.errors} errors beside ${result['2xx']}`,
    )
  }
  return result['2xx'] / result.duration
}

/** Has servers answer the same request in turns, `rounds` times. Gives what each reached, in requests a second. */
export async function inTurns<Name extends string>(
  requests: Record<Name, Repeated>,
  { rounds, warmUp, settle, measured }: { rounds: number; warmUp: number; settle: number; measured: number },
): Promise<Record<Name, number[]>> {
  const sides = Object.entries<Repeated>(requests) as [Name, Repeated][]
  const samples = Object.fromEntries(sides.map(([name]) => [name, []])) as unknown as Record<Name, number[]>
  for (const [, request] of sides) await requestsPerSecond(request, warmUp)
  for (let round = 0; round < rounds; round++) {
    for (const [name, request] of round % 2 === 0 ? sides : [...sides].reverse()) {
      // Its connections may have been closed for idleness while the others had their turn.
      await requestsPerSecond(request, settle)
      samples[name].push(await requestsPerSecond(request, measured))
    }
  }
  return samples
}
