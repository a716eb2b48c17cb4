import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import type { Content } from './archive-format.ts'

/** A stream that measures what passes it. `content` is for the end. */
export type Meter = { stream: Transform; content(): Content }

/** So many bytes wait between two steps of a stream, so that each can work while the next is busy. */
const waitingBytes = 1 << 20

/** Measures bytes as they pass, with `head` before them. `watch` is shown each piece. */
export function meter(head = '', watch: (piece: Buffer) => void = () => {}): Meter {
  const hash = createHash('sha256').update(head)
  let bytes = Buffer.byteLength(head)
  const stream = new Transform({
    highWaterMark: waitingBytes,
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece)
      bytes += piece.length
      watch(piece)
      done(null, piece)
    },
  })
  if (bytes > 0) stream.push(head)
  return { stream, content: () => ({ bytes, sha256: hash.digest('hex') }) }
}
