import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type pg from 'pg'
import { to } from 'pg-copy-streams'

/** A tenant as it was at one moment, to be read one thing after another. */
export type Snapshot = {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>
  /** What COPY … TO STDOUT sends. One that is not read to its end costs the connection, and with it the snapshot. */
  copy(text: string): Readable
}

/** What `client`, which is inside the transaction, sees. */
export function viewOf(client: pg.PoolClient): Snapshot {
  return {
    query: async (text, values) => (await client.query(text, values)).rows,
    copy: text => {
      const stream = client.query(to(text))
      // PostgreSQL would go on sending what nobody reads, and answer nothing else before.
      stream.once('close', () => stream.readableEnded || socketOf(client).destroy())
      stream.on('error', () => {})
      return stream
    },
  }
}

function socketOf(client: pg.PoolClient): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream
}
