import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createPool } from '@spintrack/tenancy/pool'
import { provision } from '@spintrack/tenancy/provision'
import { copyIn, copyOut } from './copy.ts'
import type { Figure } from './figure.ts'
import { type Installation, settle } from './installation.ts'
import { forgetPeak, residentMegabytes } from './memory.ts'
import { signUp } from './person.ts'
import { time } from './samples.ts'
import { type Server, serve } from './serve.ts'

const spins = 1_000_000
const spinners = 20
const rounds = 5

/** A million spins into the API by CSV and out of it, over HTTP, against COPY of the same rows. */
export async function bulk(installation: Installation, note: (line: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'spintrack-bench-bulk-'))
  const server = await serve('product', installation)
  try {
    note(`Importing and exporting ${spins} spins over HTTP, and copying their rows …`)
    return await measure(installation, server, folder)
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
}

type Run = { ms: number; megabytes: number[] }

async function measure(installation: Installation, server: Server, folder: string): Promise<Figure[]> {
  const [file, out, copied] = ['in.csv', 'out.csv', 'rows.copy'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const { owner, ownerUrl, blueprint } = installation
  const plain = createPool({ connectionString: ownerUrl, max: 1, pipeline: false })
  const found = await founder(installation, server)
  const runs: Record<'imported' | 'exported', Run[]> = { imported: [], exported: [] }
  const plainly: Record<'in' | 'out', number[]> = { in: [], out: [] }
  await writeCsv(file)
  for (let round = 0; round < rounds; round++) {
    await provision(owner, blueprint)
    const { token, tenant } = await found(`Company ${round}`)
    await settle(installation)
    runs.imported.push(await watched(server, () => send(server, token, file)))
    await settle(installation)
    runs.exported.push(await watched(server, () => receive(server, token, out)))
    plainly.out.push(await time(() => copyOut(plain, tenant, copied)))
    const { name } = await provision(owner, blueprint)
    // No company is to be given it afterwards.
    await owner.query("update tenants set state = 'suspended' where name = $1", [name])
    await settle(installation)
    plainly.in.push(await time(() => copyIn(plain, { from: tenant, to: name }, copied)))
  }
  await plain.end()
  return [
    ...figures(`import of ${spins} spins by CSV`, runs.imported, 'COPY FROM STDIN of the same rows', plainly.in),
    ...figures('export of them as CSV', runs.exported, 'COPY TO STDOUT into a file', plainly.out),
  ]
}

function figures(name: string, runs: Run[], baseline: string, plain: number[]): Figure[] {
  const perSecond = (ms: number) => (spins / ms) * 1_000
  const megabytes = runs.flatMap(run => run.megabytes)
  return [
    {
      name,
      unit: 'rows/s',
      samples: runs.map(({ ms }) => perSecond(ms)),
      baseline: { name: baseline, samples: plain.map(perSecond) },
      target: { of: 'ratio', atLeast: 0.4 },
    },
    ...(megabytes.length > 0
      ? [
          {
            name: `memory of the API above idle at most, ${name.split(' ')[0]}`,
            unit: 'MB',
            samples: megabytes,
            target: { of: 'value', atMost: 200 },
          } satisfies Figure,
        ]
      : []),
  ]
}

/** How long `work` takes, and how much more memory than before it the server has meanwhile, where the system tells. */
async function watched({ pid }: Server, work: () => Promise<void>): Promise<Run> {
  await forgetPeak(pid)
  const idle = await residentMegabytes(pid)
  const ms = await time(work)
  const after = await residentMegabytes(pid)
  return { ms, megabytes: idle && after ? [after.peak - idle.now] : [] }
}

async function send({ url }: Server, token: string, path: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/spins/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: Readable.toWeb(createReadStream(path)) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  const report = (await response.json()) as { accepted?: number }
  if (report.accepted !== spins) throw new Error(`Expected ${spins} spins to be kept: ${JSON.stringify(report)}`)
}

async function receive({ url }: Server, token: string, path: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'identity' }
  const response = await fetch(`${url}/api/v1/spins/export`, { headers })
  if (!response.body) throw new Error(`Expected a file, got ${response.status}`)
  await pipeline(Readable.fromWeb(response.body as never), createWriteStream(path, { flush: true }))
}

/** Logs somebody in; gives a way to found a company that has the spinners of the file, with a token for it. */
async function founder({ owner }: Installation, { url }: Server) {
  const { post } = await signUp(url)
  return async (name: string) => {
    const { id } = await post<{ id: string }>('/companies', { name })
    for (let n = 0; n < spinners; n++) await post('/spinners', { name: 'Spinner', serialNumber: `S-${n}` })
    const { token } = await post<{ token: string }>('/tokens', { name: 'Bench', scopes: ['read', 'write'] })
    const { rows } = await owner.query<{ tenant: string }>('select tenant from companies where id = $1', [id])
    return { token, tenant: rows[0]?.tenant ?? '' }
  }
}

/** A spin a minute, up to the first of 2026. */
async function writeCsv(path: string): Promise<void> {
  const last = Date.UTC(2026, 0, 1)
  const lines = function* () {
    yield 'serialNumber,startedAt,durationMs,note\n'
    for (let n = 0; n < spins; n++) {
      const startedAt = new Date(last - (spins - n) * 60_000).toISOString()
      yield `S-${n % spinners},${startedAt},${10_000 + (n % 60_000)},${n % 4 === 0 ? '"A quiet one, again"' : ''}\n`
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(path))
}
