import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { provision } from '@spintrack/tenancy/provision'
import { inLanes } from './companies.ts'
import type { Figure } from './figure.ts'
import type { Installation } from './installation.ts'
import { privateMegabytes } from './memory.ts'
import { type Person, signUp } from './person.ts'
import { median } from './samples.ts'
import { serve } from './serve.ts'

const streams = 1_000
const rounds = 40

/**
 * A thousand open event streams of one company on one process of the API: how long after a POST begins the median stream
 * has its event whole, and what an open stream costs that process in memory, what is still to be thrown away included.
 */
export async function events(installation: Installation, note: (line: string) => void): Promise<Figure[]> {
  note('Opening a thousand event streams …')
  await provision(installation.owner, installation.blueprint)
  const server = await serve('product', installation)
  try {
    const person = await signUp(server.url)
    await person.post('/companies', { name: 'Bench' })
    const spinner = await person.post<{ id: string }>('/spinners', { name: 'Spinner', serialNumber: 'S-1' })
    // What the first streams have the process load and compile is not theirs.
    hangUp(await open(server.url, person, 50))
    const [idle = Number.NaN] = await privateMegabytes([server.pid])
    const opened = await open(server.url, person, streams)
    const [held = Number.NaN] = await privateMegabytes([server.pid])
    const record = () => person.post('/spins', { spinnerId: spinner.id, durationMs: 1 })
    const delays: number[] = []
    for (let round = 0; round < rounds; round++) delays.push(await delay(opened, record))
    hangUp(opened)
    return [
      {
        name: `from POST to each of ${streams} event streams, the median stream`,
        unit: 'ms',
        samples: delays,
        target: { of: 'value', atMost: 250 },
      },
      {
        name: 'memory of an open event stream',
        unit: 'KiB',
        samples: [((held - idle) * 1024) / streams],
        target: { of: 'value', atMost: 64 },
      },
    ]
  } finally {
    await server.close()
  }
}

type Stream = { response: IncomingMessage; next: () => Promise<number> }

/** How long after `record` begins the median stream has the event, in milliseconds. */
async function delay(opened: Stream[], record: () => Promise<unknown>): Promise<number> {
  const told = opened.map(stream => stream.next())
  const begun = performance.now()
  await record()
  return median((await Promise.all(told)).map(at => at - begun))
}

async function open(url: string, { headers }: Person, count: number): Promise<Stream[]> {
  const opened: Stream[] = []
  await inLanes(20, count, async () => {
    const [response] = (await once(get(`${url}/api/v1/events`, { agent: false, headers }), 'response')) as [
      IncomingMessage,
    ]
    if (response.statusCode !== 200) throw new Error(`Expected an event stream, got ${response.statusCode}`)
    opened.push(await begun(response))
  })
  return opened
}

/** A stream that has begun. `next` resolves when the next event is there whole, to the time of that. */
async function begun(response: IncomingMessage): Promise<Stream> {
  let text = ''
  let arrived: (at: number) => void = () => {}
  const next = () =>
    new Promise<number>(resolve => {
      arrived = resolve
    })
  const first = next()
  response.setEncoding('utf8').on('data', piece => {
    text += piece
    if (!text.endsWith('\n\n')) return
    if (text.includes('data: ')) arrived(performance.now())
    text = ''
  })
  response.on('error', () => {})
  await first
  return { response, next }
}

function hangUp(opened: Stream[]): void {
  for (const { response } of opened) response.destroy()
}
