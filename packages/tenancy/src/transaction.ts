import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { borrow } from './connection.ts'
import {
  DatabaseUnavailable,
  isConflict,
  isConnectionLost,
  isRoleUnknown,
  OutcomeUnknown,
  TransactionAborted,
} from './errors.ts'
import type { Pool } from './pool.ts'

const mostTries = 4
const jitter = { minMs: 10, maxMs: 200 }

/**
 * A transaction body. It is run again from the start when a try is lost, so it must not touch anything but the database.
 * `commit` sends COMMIT without waiting, right behind the last query; it may only have read, since a try may be run again.
 */
export type Work<T> = (client: pg.PoolClient, commit: () => void) => Promise<T>

/**
 * Runs `work` in one transaction: the only place in the package that says BEGIN and COMMIT.
 *
 * `prologue` is sent as one message without waiting, so that it shares a round trip with the first query. The whole is
 * tried again, at most 4 times, when it lost against a concurrent transaction or its connection, or came before its
 * connection knew a new tenant, but never once COMMIT was sent: then OutcomeUnknown. Throws DatabaseUnavailable, TransactionAborted, or what `work` threw. With `tries`
 * 1 nothing is run again, for work that has an effect elsewhere.
 */
export async function transaction<T>(pool: Pool, prologue: string, work: Work<T>, tries = mostTries): Promise<T> {
  let lost: unknown
  for (let attempt = 1; attempt <= tries; attempt++) {
    if (attempt > 1) await delay(jitter.minMs + Math.random() * (jitter.maxMs - jitter.minMs))
    try {
      return await borrow(pool, client => run(client, prologue, work))
    } catch (error) {
      if (!mayTryAgain(error)) throw error
      lost = error
    }
  }
  throw isConnectionLost(lost) ? new DatabaseUnavailable(lost) : lost
}

function mayTryAgain(error: unknown): boolean {
  if (error instanceof OutcomeUnknown || error instanceof DatabaseUnavailable) return false
  return isConnectionLost(error) || isConflict(error) || isRoleUnknown(error)
}

async function run<T>(client: pg.PoolClient, prologue: string, work: Work<T>): Promise<T> {
  let committing: Promise<void> | undefined
  const commitNow = () => {
    committing ??= commit(client)
    // Looked at below; until then a failure must not count as one that nobody handles.
    committing.catch(() => {})
    return committing
  }
  const opening = settled(queryWithNext(client, prologue))
  let value: T
  try {
    value = await work(client, commitNow)
    throwIfFailed(await opening)
  } catch (error) {
    // When the prologue failed, every later query says only "current transaction is aborted".
    const { error: first = error } = await opening
    await (committing ?? client.query('rollback')).catch(() => {})
    throw first
  }
  await commitNow()
  return value
}

/** Sends `text` in one packet with the queries that follow in the same turn of the event loop: one wake-up for both sides. */
function queryWithNext(client: pg.PoolClient, text: string): Promise<unknown> {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  stream.cork()
  // After the promises that are ready now, so that the first query of the work is in it.
  process.nextTick(() => stream.uncork())
  return client.query(text)
}

async function commit(client: pg.PoolClient): Promise<void> {
  const result = await client.query('commit').catch(error => {
    throw isConnectionLost(error) ? new OutcomeUnknown(error) : error
  })
  if (result.command !== 'COMMIT') throw new TransactionAborted()
}

type Settled = { error?: unknown }

function settled(promise: Promise<unknown>): Promise<Settled> {
  return promise.then(
    () => ({}),
    error => ({ error }),
  )
}

function throwIfFailed({ error }: Settled): void {
  if (error !== undefined) throw error
}
