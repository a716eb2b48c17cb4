import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import t from 'tap'
import { fromBufferPromise } from 'yauzl'
import { type ZipEntry, zip } from '../src/archive-zip.ts'

const entries: Record<string, Buffer> = {
  'empty.txt': Buffer.alloc(0),
  'Ünïcode/日本.txt': Buffer.from('short'),
  'zeros.bin': Buffer.alloc(300_000),
  'mixed.bin': randomBytes(300_000),
}

t.test('what is written is read again, with the checksums of the format', async t => {
  const read = await unzip(await buffer(zip(contents())))
  t.strictSame(Object.keys(read), Object.keys(entries))
  for (const [name, content] of Object.entries(entries)) t.ok(read[name]?.equals(content), name)
})

t.test('sizes, places and numbers of entries that are too large for ZIP stand in the fields of ZIP64', async t => {
  const most = { bytes: 2 ** 32 - 1, entries: 65_535 }
  for (const less of [{ bytes: 1 }, { bytes: 1_000 }, { bytes: 300_000 }, { entries: 4 }]) {
    const file = await buffer(zip(contents(), { ...most, ...less }))
    t.ok(file.includes(Buffer.from('PK\x06\x06')), 'as it says at its end')
    const read = await unzip(file)
    for (const [name, content] of Object.entries(entries))
      t.ok(read[name]?.equals(content), `${name}, ${JSON.stringify(less)}`)
  }
})

t.test('a content that fails ends it', async t => {
  async function* failing() {
    yield Buffer.from('a')
    throw new Error('lost')
  }
  await t.rejects(buffer(zip(iterate([{ name: 'a', content: failing() }]))), { message: 'lost' })
})

async function* contents(): AsyncGenerator<ZipEntry> {
  for (const [name, content] of Object.entries(entries)) yield { name, content: pieces(content) }
}

/** In more pieces than one. */
async function* pieces(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += 70_000) yield content.subarray(at, at + 70_000)
}

async function* iterate<T>(values: T[]): AsyncGenerator<T> {
  yield* values
}

/** Every entry; yauzl checks the sizes and, here, the checksums. */
async function unzip(file: Buffer): Promise<Record<string, Buffer>> {
  const archive = await fromBufferPromise(file)
  const found: Record<string, Buffer> = {}
  for await (const entry of archive.eachEntry()) {
    found[entry.fileName] = await buffer(await archive.openReadStreamPromise(entry))
    if (crc32(found[entry.fileName] as Buffer) !== entry.crc32)
      throw new Error(`${entry.fileName} has another checksum`)
  }
  return found
}
