import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Entry } from '@spintrack/domain/entries'
import type { Follower } from '@spintrack/domain/feeds'
import type { FastifyReply } from 'fastify'

/** What all streams of a process keep to: see EventStreamSettings. `mayTell`: whether access was confirmed of late. */
export type Bounds = { bufferBytes: number; patienceMs: number; mayTell: () => boolean }

/** One answer that goes on. What waits for a reader is bounded: one that is too slow is hung up on, and can take up again. */
export class EventStream implements Follower {
  readonly entry: Entry
  readonly #raw: ServerResponse
  readonly #bounds: Bounds

  constructor(raw: ServerResponse, entry: Entry, bounds: Bounds) {
    this.#raw = raw
    this.entry = entry
    this.#bounds = bounds
  }

  /** Sends the head. From here on the answer is ours alone, and `onEnd` is called once, however it ends. */
  begin(reply: FastifyReply, onEnd: () => void): void {
    const raw = this.#raw
    reply.hijack()
    if (raw.destroyed) {
      onEnd()
      return
    }
    raw.once('close', onEnd).on('error', () => {})
    // Otherwise nginx gathers before it passes anything on.
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    })
  }

  take(piece: Buffer): void {
    if (this.#bounds.mayTell()) this.write(piece)
    else this.end()
  }

  write(piece: Buffer): void {
    if (this.#isOver()) return
    if (this.#raw.writableLength > this.#bounds.bufferBytes) this.#raw.destroy()
    else this.#raw.write(piece)
  }

  async ready(): Promise<void> {
    const raw = this.#raw
    if (raw.writableNeedDrain && !this.#isOver()) {
      const done = new AbortController()
      const timer = setTimeout(() => raw.destroy(), this.#bounds.patienceMs)
      await Promise.race(['drain', 'close'].map(name => once(raw, name, done))).catch(() => {})
      clearTimeout(timer)
      done.abort()
    }
    if (this.#isOver()) throw new Error('Nobody reads any more.')
  }

  /** Ends the answer properly, or, while somebody has not taken what came before, at once. */
  end(): void {
    if (this.#raw.writableLength > 0) this.#raw.destroy()
    else this.#raw.end()
  }

  #isOver(): boolean {
    return this.#raw.destroyed || this.#raw.writableEnded
  }
}
