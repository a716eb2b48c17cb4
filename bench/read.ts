import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { quoteIdentifier } from '@spintrack/tenancy/names'
import { provision } from '@spintrack/tenancy/provision'
import { inLanes } from './companies.ts'
import type { Figure } from './figure.ts'
import { type Installation, settle } from './installation.ts'
import { requestsPerSecond } from './load.ts'
import { plainTable } from './read-plain.ts'
import type { Kind, Order } from './read-server.ts'

const rounds = 7
const seconds = { warmUp: 4, settle: 1, measured: 3 }
const spins = 2_000
const list = '/api/v1/spins?limit=20'
const publicUrl = 'http://localhost:3000'

/**
 * A page of 20 spins over HTTP, in turns: by the product, then by two plain handlers, one of which also finds out who
 * is calling. Each server is a process of its own, so that none runs code which another one's use has tuned.
 */
export async function read(installation: Installation): Promise<Figure[]> {
  const servers = await Promise.all([
    serve('product', installation),
    serve('session', installation),
    serve('bare', installation),
  ])
  try {
    const cookie = await prepare(installation, servers[0].url)
    const samples: Record<Kind, number[]> = { product: [], session: [], bare: [] }
    for (const { url } of servers) await requestsPerSecond(url + list, cookie, seconds.warmUp)
    for (let round = 0; round < rounds; round++) {
      for (const { kind, url } of round % 2 === 0 ? servers : [...servers].reverse()) {
        // Its connections may have been closed for idleness while the others had their turn.
        await requestsPerSecond(url + list, cookie, seconds.settle)
        samples[kind].push(await requestsPerSecond(url + list, cookie, seconds.measured))
      }
    }
    return [
      {
        name: 'list of 20 spins over HTTP, logged in',
        unit: 'req/s',
        samples: samples.product,
        baseline: { name: 'plain pg, same session check', samples: samples.session },
        target: { of: 'ratio', atLeast: 0.8 },
      },
      {
        name: 'the same, against a bare handler',
        unit: 'req/s',
        samples: samples.product,
        baseline: { name: 'plain pg, no session', samples: samples.bare },
      },
    ]
  } finally {
    await Promise.all(servers.map(server => server.close()))
  }
}

type Server = { kind: Kind; url: string; close(): Promise<void> }

async function serve(kind: Kind, { appUrl, sessionSecret }: Installation): Promise<Server> {
  const child = fork(fileURLToPath(new URL('read-server.ts', import.meta.url)))
  child.send({ kind, appUrl, publicUrl, sessionSecret } satisfies Order)
  const url = await firstMessage(child)
  return {
    kind,
    url,
    async close() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function firstMessage(child: ChildProcess): Promise<string> {
  const [url] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('A server of the bench ended before it listened'))),
  ])
  return url
}

/** Signs up, makes a company and its spins through the API, and copies them for the plain handlers. Gives the cookie. */
async function prepare(installation: Installation, url: string): Promise<string> {
  await provision(installation.owner, installation.blueprint)
  let cookie = ''
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json', cookie }
    const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`)
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return (await response.json()) as { id: string }
  }
  await post('/signup', { email: 'bench@bench.example', password: 'kestrel-ninepin-hollow', name: 'Bench' })
  const company = await post('/companies', { name: 'Bench' })
  const spinner = await post('/spinners', { name: 'Spinner', serialNumber: 'S-1' })
  await inLanes(8, spins, index => post('/spins', { spinnerId: spinner.id, durationMs: 10_000 + index }))
  await copySpins(installation, company.id)
  return cookie
}

async function copySpins(installation: Installation, companyId: string): Promise<void> {
  const { owner, appUrl } = installation
  const { rows } = await owner.query<{ tenant: string }>('select tenant from companies where id = $1', [companyId])
  const source = `${quoteIdentifier(rows[0]?.tenant ?? '')}.spins`
  await owner.query(`
    create table ${plainTable} (like ${source} including all);
    insert into ${plainTable} select * from ${source};
    grant select on ${plainTable} to ${quoteIdentifier(new URL(appUrl).username)}`)
  await settle(installation)
}
