import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import type { Content } from './archive-format.ts'

/** A stream that measures what leaves it. `content` is for the end. */
export type Meter = { stream: Transform; content(): Content }

/** So many bytes wait between two steps of a stream, so that each can work while the next is busy. */
const waitingBytes = 1 << 20

/** Measures bytes as they pass, after `convert` has changed them; `head` comes first. */
export function meter(convert: (piece: Buffer) => Buffer = piece => piece, head = Buffer.alloc(0)): Meter {
  const hash = createHash('sha256').update(head)
  let bytes = head.length
  const stream = new Transform({
    highWaterMark: waitingBytes,
    transform(piece: Buffer, _encoding, done) {
      const converted = convert(piece)
      hash.update(converted)
      bytes += converted.length
      done(null, converted)
    },
  })
  if (head.length > 0) stream.push(head)
  return { stream, content: () => ({ bytes, sha256: hash.digest('hex') }) }
}
