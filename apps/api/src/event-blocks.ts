import type { Event } from '@spintrack/contract/events'
import { limits } from '@spintrack/contract/limits'
import type { Position } from '@spintrack/domain/event-pages'
import { newId } from '@spintrack/domain/ids'
import type { Seal } from '@spintrack/domain/seal'

/** After how long somebody whose stream broke off should come back, in milliseconds. */
const retryMs = 2_000

/** Says nothing, so that both sides notice when nobody is there any more. */
export const heartbeat = Buffer.from(':\n\n')

/** How a stream begins: with an event of its own, whose `id` is where to take up again even if no other comes. */
export function opening(type: 'events.begun' | 'events.missed', id: string): string {
  const event: Event = { id: newId(), type, timestamp: new Date().toISOString(), data: { id: null, count: 0 } }
  return `retry: ${retryMs}\n${block(event, id)}`
}

/** An event as a stream says it; `id` is where to take up again after it. */
export function block(event: Event, id: string): string {
  return `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

/** A position as the outside sees it: opaque, since the ids of transactions count what the whole installation does. */
export function sealed(seal: Seal, position: Position): string {
  return seal.close(JSON.stringify([Date.now(), position]))
}

/** The position behind a Last-Event-ID: unknown when it is none of ours, or from longer ago than events are surely kept. */
export function unsealed(seal: Seal, id: string | string[] | undefined): Position | 'unknown' | undefined {
  if (id === undefined || id === '') return undefined
  try {
    const [time, position] = JSON.parse(seal.open(String(id))) as [number, Position]
    const old = Date.now() - time > limits.eventStreams.resumeHours * 3_600_000
    return old || typeof position.seen !== 'string' ? 'unknown' : position
  } catch {
    return 'unknown'
  }
}
