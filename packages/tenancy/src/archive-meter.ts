import { createHash } from 'node:crypto'
import type { Content } from './archive-format.ts'

/** Measures the bytes that go `through` it; `content` is for the end. */
export type Meter = { through(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer>; content(): Content }

export function meter(): Meter {
  const hash = createHash('sha256')
  let bytes = 0
  return {
    async *through(pieces) {
      for await (const piece of pieces) {
        hash.update(piece)
        bytes += piece.length
        yield piece
      }
    },
    content: () => ({ bytes, sha256: hash.digest('hex') }),
  }
}
