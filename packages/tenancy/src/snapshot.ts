import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type pg from 'pg'

/** A tenant as it was at one moment, to be read one thing after another. */
export type Snapshot = {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>
  /**
   * What COPY … TO STDOUT sends, as `rows` makes it over. A stream that is not read to its end costs the connection, and
   * with it the snapshot: PostgreSQL would go on sending, and answer nothing else before.
   */
  copy(text: string, rows: Collector): Readable
}

/** Collects what COPY sends. `add` gets bytes that are only there until it returns; `take` gives away what there is. */
export type Collector = { readonly length: number; add(bytes: Buffer): void; take(): Buffer }

/** So many bytes make a piece of the stream: rows are short, and each step of a stream costs more than they do. */
const pieceBytes = 128 << 10

/** Writes a row of COPY into `room` at a place, and gives the place behind it. */
export type Put = (row: Buffer, room: Buffer, at: number) => number

/** Collects rows as `put` writes them: as they come when left out. One may be `longer` bytes longer than it came. */
export function collectRows(put: Put = (row, room, at) => at + row.copy(room, at), longer = 0): Collector {
  let room: Buffer = Buffer.allocUnsafeSlow(2 * pieceBytes)
  let length = 0
  return {
    get length() {
      return length
    },
    add(row) {
      const most = length + row.length + longer
      if (room.length < most) room = Buffer.concat([room.subarray(0, length)], 2 * most)
      length = put(row, room, length)
    },
    take() {
      const taken = Buffer.from(room.subarray(0, length))
      length = 0
      return taken
    },
  }
}

/** What `client`, which is inside the transaction, sees. */
export function viewOf(client: pg.PoolClient): Snapshot {
  return {
    query: async (text, values) => (await client.query(text, values)).rows,
    copy: (text, rows) => copyOut(client, text, rows),
  }
}

/**
 * pg-copy-streams reads the protocol of COPY by itself, and takes more time for it than everything that an export does
 * with the rows. pg reads it anyway, and hands each message to the query that is running.
 */
function copyOut(client: pg.PoolClient, text: string, rows: Collector): Readable {
  const { stream: socket } = (client as unknown as { connection: { stream: Socket } }).connection
  let sent = false
  const stream = new Readable({
    highWaterMark: 4 * pieceBytes,
    read: () => void socket.resume(),
    destroy(error, done) {
      if (!sent) socket.destroy()
      done(error)
    },
  })
  // A stream that has ended asks for nothing more, and what comes next on this connection would wait for ever.
  const end = () => {
    sent = true
    socket.resume()
  }
  const query = {
    submit: (connection: pg.Connection) => connection.query(text),
    handleCopyData({ chunk }: { chunk: Buffer }) {
      rows.add(chunk)
      if (rows.length >= pieceBytes && !stream.push(rows.take())) socket.pause()
    },
    handleCommandComplete: () => void stream.push(rows.take()),
    handleReadyForQuery() {
      end()
      stream.push(null)
    },
    handleError(error: Error) {
      end()
      stream.destroy(error)
    },
  }
  client.query(query)
  return stream
}
