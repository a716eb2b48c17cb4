import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Event } from '@spintrack/contract/events'
import type { Owner } from '@spintrack/database/testing'
import type { App } from '../../src/types.ts'
import type { Visitor } from './visitor.ts'

/** An event as it came, with the id that resumes behind it. */
export type Told = Event & { position: string }

/** An open event stream, as somebody at the other end of a socket has it. */
export type OpenStream = {
  status: number
  headers: IncomingMessage['headers']
  /** The next event; rejects when the stream ends before one comes. */
  next(): Promise<Told>
  /** So many events more. */
  take(count: number): Promise<Told[]>
  /** How often nothing was said so far. */
  heartbeats(): number
  /** Everything that came so far, as it came. */
  text(): string
  /** Resolves when the stream has ended: properly, or because the connection was cut. */
  ended: Promise<'end' | 'cut'>
  /** Stops reading, and goes on. */
  pause(): void
  resume(): void
  hangUp(): void
}

/** Lets `app` listen on a free port until the test ends; returns where. */
export async function listening(t: Owner, app: App): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** Opens a stream as somebody; one that is refused has ended, with the refusal as its text. */
export async function openStream(
  t: Owner,
  url: string,
  { cookies, headers: own }: Pick<Visitor, 'cookies' | 'headers'>,
  position?: string,
): Promise<OpenStream> {
  const headers = {
    ...own,
    ...(cookies.size > 0 && { cookie: [...cookies].map(pair => pair.join('=')).join('; ') }),
    ...(position !== undefined && { 'last-event-id': position }),
  }
  const request = get(`${url}/api/v1/events`, { headers, agent: false })
  t.teardown(async () => request.destroy())
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    request.on('response', resolve).on('error', reject),
  )
  request.on('error', () => {})
  return reading(response, () => request.destroy())
}

function reading(response: IncomingMessage, hangUp: () => void): OpenStream {
  let text = ''
  let rest = ''
  let beats = 0
  let over = false
  const events: Told[] = []
  const waiting: { resolve(event: Told): void; reject(error: Error): void }[] = []
  response.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      if (block === ':') beats++
      else give(parse(block))
    }
  })
  const give = (event: Told) => {
    const next = waiting.shift()
    if (next) next.resolve(event)
    else events.push(event)
  }
  const ended = new Promise<'end' | 'cut'>(resolve => {
    response.on('error', () => {})
    response.on('close', () => {
      over = true
      for (const { reject } of waiting) reject(new Error(`Expected an event, and the stream ended after ${text}`))
      resolve(response.complete ? 'end' : 'cut')
    })
  })
  const next = () =>
    new Promise<Told>((resolve, reject) => {
      const event = events.shift()
      if (event) resolve(event)
      else if (over) reject(new Error(`Expected an event, and the stream had ended after ${text}`))
      else waiting.push({ resolve, reject })
    })
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    next,
    async take(count) {
      const taken: Told[] = []
      while (taken.length < count) taken.push(await next())
      return taken
    },
    heartbeats: () => beats,
    text: () => text,
    ended,
    pause: () => response.pause(),
    resume: () => response.resume(),
    hangUp,
  }
}

/** By the letter of the standard, as far as the API goes: one line for each field. */
function parse(block: string): Told {
  const fields = new Map(block.split('\n').map(line => line.split(/: (.*)/s, 2) as [string, string]))
  const event: Event = JSON.parse(fields.get('data') ?? '')
  if (fields.get('event') !== event.type) throw new Error(`Expected the name and the type to be equal in ${block}`)
  return { ...event, position: fields.get('id') ?? '' }
}
