import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { type Entry, stillOpen } from '@spintrack/domain/entries'
import { createFeeds } from '@spintrack/domain/feeds'
import type { Seal } from '@spintrack/domain/seal'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { block, heartbeat, opening, sealed, unsealed } from './event-blocks.ts'
import { EventStream } from './event-stream.ts'

/** How event streams behave; a test sets what it wants to see. */
export type EventStreamSettings = {
  /** The most that one caller, and all of a company, hold open in this process. */
  principal: number
  company: number
  /** How often something is said when nothing happens: the server hangs up on a connection that is idle for 20 seconds. */
  heartbeatMs: number
  /** How often it is asked whether everybody may still listen, and without an answer for how long nothing is told. */
  accessMs: number
  unconfirmedMs: number
  /** What may wait for a slow reader before the next piece is too much. */
  bufferBytes: number
  /** How long a reader that catches up may take over a piece. */
  patienceMs: number
  /** How often a company is looked at in case a notification was lost. */
  everyMs: number
}

const defaults: EventStreamSettings = {
  ...limits.eventStreams,
  heartbeatMs: 15_000,
  accessMs: 500,
  unconfirmedMs: 3_000,
  bufferBytes: 64 * 1024,
  patienceMs: 30_000,
  everyMs: 5_000,
}

/** When a caller who was refused may try again. */
const retryAfterSeconds = 10

export type EventStreams = {
  /** Answers a request with the company's events, until somebody hangs up or loses access. Throws `too_many_streams`. */
  open(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** Ends all streams. */
  close(): Promise<void>
}

type Options = {
  tenancy: Tenancy
  /** Makes positions opaque: the ids of transactions count what the whole installation does. */
  seal: Seal
  log: FastifyBaseLogger
  settings?: Partial<EventStreamSettings>
}

/** The open event streams of this process (Server-Sent Events, HTML Living Standard 9.2). */
export function createEventStreams({ tenancy, seal, log, settings }: Options): EventStreams {
  const { principal, company, heartbeatMs, accessMs, unconfirmedMs, bufferBytes, patienceMs, everyMs } = {
    ...defaults,
    ...settings,
  }
  const streams = new Set<EventStream>()
  const held = new Map<string, number>()
  const feeds = createFeeds({
    tenancy,
    encode: told => Buffer.from(told.map(({ event, position }) => block(event, sealed(seal, position))).join('')),
    everyMs,
    onError: error => log.warn({ err: error }, 'events could not be read'),
  })
  let confirmedAt = Date.now()
  let asking = false
  let failing = false
  let closed = false
  const bounds = { bufferBytes, patienceMs, mayTell: () => Date.now() - confirmedAt <= unconfirmedMs }

  const timers = [
    setInterval(() => {
      for (const stream of streams) stream.write(heartbeat)
    }, heartbeatMs),
    setInterval(() => void endLost(), accessMs),
  ]
  for (const timer of timers) timer.unref()

  /** Ends the streams of those who would not be let in any more. One question for all of them. */
  async function endLost(): Promise<void> {
    if (asking) return
    asking = true
    const askedAt = Date.now()
    try {
      const asked = [...streams]
      const entries = [...new Map(asked.map(({ entry }) => [keyOf(entry), entry])).values()]
      const open = entries.length === 0 ? new Set() : await stillOpen(tenancy.control, entries, 'events.read')
      const keys = new Set(entries.filter(entry => open.has(entry)).map(keyOf))
      for (const stream of asked) if (!keys.has(keyOf(stream.entry))) stream.end()
      confirmedAt = askedAt
      failing = false
    } catch (error) {
      // Once for a whole outage: this comes twice a second.
      if (!failing) log.warn({ err: error }, 'access to events cannot be confirmed')
      failing = true
    } finally {
      asking = false
    }
  }

  /** Takes one of the places of the caller and of the company; returns what gives them back. */
  function takePlaces(entry: Entry): () => void {
    const places: [string, number, string][] = [
      [entry.session ?? entry.token ?? '', principal, 'you'],
      [entry.companyId, company, 'this company'],
    ]
    for (const [key, most, whose] of places) {
      if ((held.get(key) ?? 0) < most) continue
      const detail = `Expected at most ${most} open event streams of ${whose}. Close one.`
      throw new ProblemError('too_many_streams', detail, { retryAfter: retryAfterSeconds })
    }
    for (const [key] of places) held.set(key, (held.get(key) ?? 0) + 1)
    return () => {
      for (const [key] of places) {
        const left = (held.get(key) ?? 1) - 1
        if (left > 0) held.set(key, left)
        else held.delete(key)
      }
    }
  }

  return {
    async open(request, reply) {
      const entry = entryOf(request)
      const giveBack = takePlaces(entry)
      try {
        if (streams.size === 0) confirmedAt = Date.now()
        const stream = new EventStream(reply.raw, entry, bounds)
        const from = unsealed(seal, request.headers['last-event-id'])
        const following = await feeds.follow(request.company, stream, from === 'unknown' ? undefined : from)
        if (closed) throw new ProblemError('unavailable', 'The service is about to restart. Try again in a moment.')
        streams.add(stream)
        stream.begin(reply, () => {
          streams.delete(stream)
          following.leave()
          giveBack()
        })
        const type = following.missed || from === 'unknown' ? 'events.missed' : 'events.begun'
        stream.write(Buffer.from(opening(type, sealed(seal, following.position))))
      } catch (error) {
        giveBack()
        throw error
      }
    },

    async close() {
      closed = true
      for (const timer of timers) clearInterval(timer)
      for (const stream of streams) stream.end()
      await feeds.close()
    },
  }
}

function entryOf({ principal, company }: FastifyRequest): Entry {
  const { session, token } = principal
  return { companyId: company.id, ...(session ? { session: session.idHash } : { token: token.id }) }
}

function keyOf({ companyId, session, token }: Entry): string {
  return `${companyId} ${session ?? token}`
}
