import type pg from 'pg'
import { DatabaseUnavailable, errorCode, isConnectionLost, isRoleUnknown } from './errors.ts'
import type { Pool } from './pool.ts'

/** Borrows a client. Throws DatabaseUnavailable when none can be had within the pool's connection timeout. */
export async function connect(pool: Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    // Without a code it is the pool itself that gave up; with one, PostgreSQL may have refused the login.
    throw isConnectionLost(error) || errorCode(error) === undefined ? new DatabaseUnavailable(error) : error
  }
}

/**
 * Lends a client to `work`. One that is still inside a transaction, which pg-pool would pass on, is destroyed instead of
 * given back; so is one whose connection is lost, which pg-pool only finds out a moment later.
 */
export async function borrow<T>(pool: Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(pool)
  try {
    const value = await work(client)
    release(client)
    return value
  } catch (error) {
    release(client, error)
    throw error
  }
}

/** Gives a client back or, after an error that says so or in the middle of a transaction, destroys it. */
export function release(client: pg.PoolClient, error?: unknown): void {
  client.release(client.getTransactionStatus() !== 'I' || isConnectionLost(error) || isRoleUnknown(error))
}
