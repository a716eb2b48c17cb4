import pg from 'pg'
import { borrow } from './connection.ts'
import type { Guard } from './guard.ts'
import type { ControlTransaction, TenantDb } from './handles.ts'
import type { Pool } from './pool.ts'
import { clientOf } from './prepared.ts'

/** A word for those who hear a channel. */
export type Notice = { channel: string; payload: string }

/**
 * Has `payload` told to those who hear `channel` once the transaction of `db` has committed, and never if it does not. A
 * process that is killed right between the two says nothing, so whoever hears it should also look now and then.
 *
 * NOTIFY inside the transaction would be exact. But then PostgreSQL holds one lock of the whole database until the commit is
 * on the disk, and all commits wait in line: 613 instead of 1,733 a second with ten connections.
 */
export function notifyOnCommit(db: TenantDb | ControlTransaction, channel: string, payload: string): void {
  const { notices } = clientOf(db as TenantDb) as Guard
  notices.push({ channel, payload })
}

/** What is told within so many milliseconds is sent together. */
const gatherMs = 10

/** Sends notices soon, each once. What cannot be sent is forgotten: nobody may be kept waiting, or refused, for it. */
export function createNotifier(pool: Pool): (notices: readonly Notice[]) => void {
  let statements = new Set<string>()
  function send(): void {
    const text = [...statements].join('; ')
    statements = new Set()
    // It writes nothing, so it waits for no disk.
    borrow(pool, client => client.query(text)).catch(() => {})
  }
  return notices => {
    if (notices.length === 0) return
    if (statements.size === 0) setTimeout(send, gatherMs)
    for (const { channel, payload } of notices) {
      statements.add(`notify ${pg.escapeIdentifier(channel)}, ${pg.escapeLiteral(payload)}`)
    }
  }
}
