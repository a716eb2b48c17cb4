import { connect } from './connection.ts'
import { DatabaseUnavailable } from './errors.ts'
import type { Pool } from './pool.ts'

/**
 * Runs `work` as the only runner of the fleet, or answers undefined at once when another process is at it. `lost` tells
 * that the connection with the lock ended, so that another may have begun.
 *
 * An advisory lock of the session on a connection that does nothing else: PostgreSQL lets go of it when the process dies.
 */
export async function alone<T>(pool: Pool, work: (lost: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const client = await connect(pool)
  const lost = new AbortController()
  client.once('end', () => lost.abort(new DatabaseUnavailable(new Error('The connection with the lock ended.'))))
  try {
    const { rows } = await client.query("select pg_try_advisory_lock(hashtext('fleet migration')) as alone")
    return rows[0].alone ? await work(lost.signal) : undefined
  } finally {
    client.release(true)
  }
}
