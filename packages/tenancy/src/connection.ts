import type pg from 'pg'
import { DatabaseUnavailable, errorCode, isConnectionLost } from './errors.ts'
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

/** Gives a client back. pg-pool would pass on one that is still inside a transaction; such a one is destroyed instead. */
export function release(client: pg.PoolClient): void {
  client.release(client.getTransactionStatus() !== 'I')
}
