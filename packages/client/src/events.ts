import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { SpintrackClient } from './client.ts'
import { pause } from './pause.ts'
import { ApiProblem, unwrap } from './problem.ts'
import type { Shape } from './shapes.ts'

/** What happened in a company, and where to take up again after it. */
export type FollowedEvent = Shape<'Event'> & { position: string }

export type FollowOptions = {
  /** The id or slug of the company, where the client has not one already. */
  company?: string
  /** The `position` of the last event of an earlier run; what happened since comes first, for a day. */
  after?: string
  /** Ends the following, which then throws its reason. */
  signal?: AbortSignal
  /** After so many milliseconds without a sign of life the connection is taken for dead. The API says something every 15 s. */
  silenceMs?: number
  /** How long to wait before the stream is opened again, more or less: not all who were hung up on should come back at once. */
  pauseMs?: number
}

/**
 * The events of a company as they happen, for as long as they are asked for. A stream that broke off is opened again where
 * it was, so that each event comes once. It begins with `events.begun`, and again after each interruption; with
 * `events.missed` instead when some may be lacking. Throws ApiProblem when the API refuses, as after access was lost.
 */
export async function* followEvents(
  client: SpintrackClient,
  { company, after, signal, silenceMs = 45_000, pauseMs = 1_000 }: FollowOptions = {},
): AsyncGenerator<FollowedEvent, never, undefined> {
  let position = after
  for (;;) {
    const stream = new AbortController()
    let waitMs = pauseMs * (0.5 + Math.random())
    const stop = () => stream.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      signal?.throwIfAborted()
      const headers = { ...(company && { 'X-Company': company }), ...(position && { 'Last-Event-ID': position }) }
      const body = await open(client, headers, stream.signal)
      for await (const event of read(body, silenceMs)) {
        position = event.position
        yield event
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof ApiProblem && !passing.includes(error.status)) throw error
      if (error instanceof ApiProblem) waitMs += (error.retryAfter ?? 0) * 1000
    } finally {
      signal?.removeEventListener('abort', stop)
      stream.abort()
    }
    await pause(waitMs, signal)
  }
}

/** Refusals that are over some time: no answer, too many, out of service. */
const passing = [0, 429, 503]

type Body = ReadableStream<Uint8Array<ArrayBuffer>>

async function open(client: SpintrackClient, headers: Record<string, string>, signal: AbortSignal): Promise<Body> {
  const body = await unwrap(client.GET('/api/v1/events', { headers, signal, parseAs: 'stream' }))
  if (!body) throw new ApiProblem('unexplained', 200)
  return body as Body
}

/** The events of one stream, until it ends, breaks off or is silent for too long. */
async function* read(body: Body, silenceMs: number): AsyncGenerator<FollowedEvent> {
  let silence: ReturnType<typeof setTimeout> | undefined
  const wait = () => {
    clearTimeout(silence)
    silence = setTimeout(() => void reader.cancel().catch(() => {}), silenceMs)
  }
  /** Whoever is busy with an event does not listen, and that is no silence. */
  const rest = () => {
    clearTimeout(silence)
    silence = undefined
  }
  const reader = body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ onComment: () => silence && wait() }))
    .getReader()
  try {
    for (;;) {
      wait()
      const { done, value } = await reader.read()
      if (done) return
      rest()
      yield { ...JSON.parse(value.data), position: value.id ?? '' }
    }
  } finally {
    rest()
    await reader.cancel().catch(() => {})
  }
}
