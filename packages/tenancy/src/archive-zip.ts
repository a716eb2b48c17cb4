import { pipeline } from 'node:stream/promises'
import { constants, crc32, createDeflateRaw } from 'node:zlib'

/** A file in an archive, with its bytes as they come. */
export type ZipEntry = { name: string; content: AsyncIterable<Buffer> }

/** In a field that ZIP64 replaces: it stands elsewhere. */
const mostInField = 0xffffffff
/** From here on sizes, places and counts stand in the fields of ZIP64. Only then, since not every program knows them. */
const usual = { bytes: mostInField, entries: 0xffff }
type Most = typeof usual

type Measures = { crc: number; bytes: number; compressed: number }
type Written = Measures & { name: string; offset: number }

/**
 * A ZIP file (APPNOTE.TXT 6.3), piece by piece, of entries whose length is known only at their end. Not by yazl,
 * which counts the CRC-32 in JavaScript (docs/decisions/0021). `most` is for tests, which have no four gigabytes.
 */
export async function* zip(entries: AsyncIterable<ZipEntry>, most: Most = usual): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let offset = 0
  for await (const { name, content } of entries) {
    const entry = { name, offset, crc: 0, bytes: 0, compressed: 0 }
    const head = localHeader(name)
    yield head
    yield* compress(content, entry)
    const tail = descriptor(entry, most)
    yield tail
    written.push(entry)
    offset += head.length + entry.compressed + tail.length
  }
  const directory = Buffer.concat(written.map(entry => directoryEntry(entry, most)))
  yield directory
  yield end(written.length, directory.length, offset, most)
}

async function* compress(content: AsyncIterable<Buffer>, measures: Measures): AsyncGenerator<Buffer> {
  // Fast rather than small: 6, the usual, takes half as long again for a sixth less.
  const deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED, chunkSize: 64 << 10 })
  const fed = pipeline(measure(content, measures), deflate)
  // The loop throws the same.
  fed.catch(() => {})
  for await (const piece of deflate) {
    measures.compressed += piece.length
    yield piece
  }
  await fed
}

async function* measure(content: AsyncIterable<Buffer>, measures: Measures): AsyncGenerator<Buffer> {
  for await (const piece of content) {
    measures.crc = crc32(piece, measures.crc)
    measures.bytes += piece.length
    yield piece
  }
}

const deflated = 8
/** Bit 3: length and CRC follow the content. Bit 11: names are UTF-8. */
const flags = 0x0808
/** An archive tells when it was made in its manifest; entries all have the first day of the format. */
const time = 0
const date = 0x21

/** A number in so many bytes, least significant first. */
type Field = [bytes: 2 | 4 | 8, value: number]

function record(...fields: Field[]): Buffer {
  const bytes = Buffer.alloc(fields.reduce((length, [size]) => length + size, 0))
  let at = 0
  for (const [size, value] of fields) {
    if (size === 8) bytes.writeBigUInt64LE(BigInt(value), at)
    else bytes.writeUIntLE(value, at, size)
    at += size
  }
  return bytes
}

function localHeader(name: string): Buffer {
  const path = Buffer.from(name)
  const sizes: Field[] = [
    [4, 0],
    [4, 0],
    [4, 0],
  ]
  return Buffer.concat([
    record(
      [4, 0x04034b50],
      [2, 20],
      [2, flags],
      [2, deflated],
      [2, time],
      [2, date],
      ...sizes,
      [2, path.length],
      [2, 0],
    ),
    path,
  ])
}

function descriptor({ crc, bytes, compressed }: Measures, most: Most): Buffer {
  const size = bytes >= most.bytes || compressed >= most.bytes ? 8 : 4
  return record([4, 0x08074b50], [4, crc], [size, compressed], [size, bytes])
}

function directoryEntry({ name, offset, crc, bytes, compressed }: Written, most: Most): Buffer {
  const path = Buffer.from(name)
  const large = [bytes, compressed, offset].some(value => value >= most.bytes)
  const extra = large ? record([2, 1], [2, 24], [8, bytes], [8, compressed], [8, offset]) : Buffer.alloc(0)
  const field = (value: number): Field => [4, large ? mostInField : value]
  const about: Field[] = [
    [2, path.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
  ]
  return Buffer.concat([
    record([4, 0x02014b50], [2, 45], [2, large ? 45 : 20], [2, flags], [2, deflated], [2, time], [2, date], [4, crc]),
    record(field(compressed), field(bytes), ...about, field(offset)),
    path,
    extra,
  ])
}

function end(entries: number, length: number, offset: number, most: Most): Buffer {
  const large = entries >= most.entries || length >= most.bytes || offset >= most.bytes
  const counts: Field[] = large
    ? [
        [2, 0xffff],
        [2, 0xffff],
        [4, mostInField],
        [4, mostInField],
      ]
    : [
        [2, entries],
        [2, entries],
        [4, length],
        [4, offset],
      ]
  const large64: Field[] = [
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, entries],
    [8, entries],
    [8, length],
    [8, offset],
    [4, 0x07064b50],
    [4, 0],
    [8, offset + length],
    [4, 1],
  ]
  return record(...(large ? large64 : []), [4, 0x06054b50], [2, 0], [2, 0], ...counts, [2, 0])
}
