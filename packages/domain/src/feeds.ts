import { setTimeout as delay } from 'node:timers/promises'
import type { Hearing } from '@spintrack/tenancy/hear'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import type { Company } from './company.ts'
import { currentPosition, type EventPage, isBehind, type Position, readEvents, type ToldEvent } from './event-pages.ts'
import { eventsChannel } from './events.ts'

/** Somebody who is told a company's events as they come. */
export type Follower = {
  /** Takes what is new. It is the same piece for all followers of a company, and must not be changed. */
  take(piece: Buffer): void
  /** Resolves once more can be taken; rejects when there is nobody any more. */
  ready(): Promise<void>
  /** Told when there is nothing more to come, since it could not be read or was too much. */
  end(): void
}

export type Following = {
  /** Where the telling begins. */
  position: Position
  /** Whether events from before that cannot be told any more. */
  missed: boolean
  leave(): void
}

/** The events of the companies that somebody in this process follows. */
export type Feeds = {
  /**
   * Tells `follower` what comes from now on, and before that what came after `from`. Whoever calls has let them into the
   * company, and takes them out again with `leave`. Throws when the company cannot be read.
   */
  follow(company: Company, follower: Follower, from?: Position): Promise<Following>
  close(): Promise<void>
}

export type FeedOptions = {
  tenancy: Pick<Tenancy, 'hear'>
  /** Makes events the piece that followers take: once, however many there are. */
  encode(told: readonly ToldEvent[]): Buffer
  /** How many events are read at once, and go into one piece. */
  pageSize?: number
  /** How often a company is looked at without a word of news, in case one was lost. */
  everyMs?: number
  onError(error: unknown): void
}

/** Bytes that wait for a follower who is still told of the past. */
const mostPending = 256 * 1024
const retryMs = 500

type Member = { follower: Follower; pending: Buffer[] | undefined }

type Feed = {
  company: Company
  members: Set<Member>
  /** Those who come in as soon as the company has been read once more; `refuse` when that fails. */
  arriving: { enter(position: Position): void; refuse(error: unknown): void }[]
  /** How far all members were told. */
  position: Position | undefined
  stale: boolean
  reading: boolean
}

/**
 * Follows companies for as long as somebody in this process does. A notification says that a company has news; it is then
 * read once, through the handle of one of those who were let in, however many streams show it.
 */
export function createFeeds({ tenancy, encode, pageSize = 50, everyMs = 5_000, onError }: FeedOptions): Feeds {
  const feeds = new Map<string, Feed>()
  let hearing: Hearing | undefined
  let closed = false
  const timer = setInterval(wakeAll, everyMs)
  timer.unref()

  function wakeAll(): void {
    for (const id of feeds.keys()) wake(id)
  }

  function wake(id: string): void {
    const feed = feeds.get(id)
    if (!feed) return
    feed.stale = true
    if (!feed.reading) void keepReading(id, feed)
  }

  async function keepReading(id: string, feed: Feed): Promise<void> {
    feed.reading = true
    while (feed.stale) {
      feed.stale = false
      const arriving = feed.arriving.splice(0)
      try {
        await readToEnd(feed)
        for (const { enter } of arriving) enter(feed.position as Position)
      } catch (error) {
        for (const { refuse } of arriving) refuse(error)
        if (feed.members.size > 0 && !closed) {
          onError(error)
          feed.stale = true
          await delay(retryMs)
        }
      }
      dropIfDeserted(id, feed)
    }
    feed.reading = false
  }

  function dropIfDeserted(id: string, feed: Feed): void {
    const deserted = feed.members.size === 0 && feed.arriving.length === 0
    if (deserted && feeds.get(id) === feed) feeds.delete(id)
  }

  async function readToEnd(feed: Feed): Promise<void> {
    feed.position ??= await currentPosition(feed.company)
    let page: EventPage
    do {
      page = await readEvents(feed.company, feed.position, pageSize)
      feed.position = page.position
      if (page.told.length > 0 && feed.members.size > 0) tellAll(feed, encode(page.told))
    } while (page.more)
  }

  /** Tells a member what came between `from` and `upTo`, and then what has come since. */
  async function tellOfThePast(company: Company, member: Member, from: Position, upTo: string): Promise<void> {
    let position: Position = { upTo, ...from }
    for (;;) {
      const page = await readEvents(company, position, pageSize)
      if (page.told.length > 0) {
        member.follower.take(encode(page.told))
        await member.follower.ready()
      }
      if (!page.more && page.position.seen === upTo) break
      position = { upTo, ...page.position }
    }
    for (const piece of member.pending ?? []) member.follower.take(piece)
    member.pending = undefined
  }

  return {
    async follow(company, follower, from) {
      hearing ??= tenancy.hear(eventsChannel, { heard: wake, connected: wakeAll, onError })
      const feed = feeds.get(company.id) ?? newFeed(company)
      feeds.set(company.id, feed)
      const member: Member = { follower, pending: from && [] }
      const arrived = new Promise<Position>((enter, refuse) => {
        feed.arriving.push({
          // At once: what is read next goes to this member too.
          enter(position) {
            feed.members.add(member)
            enter(position)
          },
          refuse,
        })
      })
      wake(company.id)
      const now = await arrived
      const known = from && isBehind(from, now)
      if (known) tellOfThePast(company, member, from, now.seen).catch(() => follower.end())
      else member.pending = undefined
      return {
        position: known ? from : now,
        missed: from !== undefined && !known,
        leave() {
          feed.members.delete(member)
          dropIfDeserted(company.id, feed)
        },
      }
    },

    async close() {
      closed = true
      clearInterval(timer)
      await hearing?.stop()
    },
  }
}

function newFeed(company: Company): Feed {
  return { company, members: new Set(), arriving: [], position: undefined, stale: false, reading: false }
}

function tellAll({ members }: Feed, piece: Buffer): void {
  for (const member of members) {
    if (!member.pending) member.follower.take(piece)
    else if (bytes(member.pending) + piece.length <= mostPending) member.pending.push(piece)
    else member.follower.end()
  }
}

function bytes(pieces: Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}
