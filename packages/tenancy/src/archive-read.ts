import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import {
  ArchiveRefused,
  type Content,
  fileEntry,
  type Manifest,
  manifestEntry,
  readManifest,
  tableEntry,
} from './archive-format.ts'
import { meter } from './archive-meter.ts'

/** An archive whose every byte was held against its manifest. */
export type Archive = { manifest: Manifest; open(entry: string): Promise<Readable> }

/** The largest manifest that is read: it is held in memory, unlike everything else. */
const mostManifestBytes = 16 << 20

/** Opens the archive in a file for `work`, after all of it was verified. Throws ArchiveRefused, or what `work` threw. */
export async function withArchive<T>(path: string, work: (archive: Archive) => Promise<T>): Promise<T> {
  const zip = await openZip(path)
  try {
    const entries = await entriesOf(zip)
    const manifest = readManifest(await readManifestEntry(zip, entries.get(manifestEntry)))
    const archive = { manifest, open: (entry: string) => zip.openReadStreamPromise(entries.get(entry) as Entry) }
    await verify(archive, entries)
    return await work(archive)
  } finally {
    zip.close()
  }
}

async function openZip(path: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { autoClose: false, strictFileNames: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code) throw cause
    throw new ArchiveRefused(path, 'is no archive, or was cut off', { cause })
  }
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  try {
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw new ArchiveRefused(entry.fileName, 'is there twice')
      entries.set(entry.fileName, entry)
    }
  } catch (cause) {
    if (cause instanceof ArchiveRefused) throw cause
    throw new ArchiveRefused('its list of entries', `is damaged: ${(cause as Error).message}`, { cause })
  }
  return entries
}

async function readManifestEntry(zip: ZipFile, entry: Entry | undefined): Promise<string> {
  if (!entry) throw new ArchiveRefused(manifestEntry, 'is missing')
  if (entry.uncompressedSize > mostManifestBytes) throw new ArchiveRefused(manifestEntry, 'is too large')
  const json = await zip
    .openReadStreamPromise(entry)
    .then(buffer)
    .catch(cause => {
      throw damaged(manifestEntry, cause)
    })
  if (crc32(json) !== entry.crc32) throw new ArchiveRefused(manifestEntry, 'is damaged: its checksum is another')
  return json.toString()
}

/** Reads every entry once, to the end. */
async function verify({ manifest, open }: Archive, entries: Map<string, Entry>): Promise<void> {
  const expected = new Map<string, Content & { rows?: number }>([
    ...manifest.tables.map(table => [tableEntry(table.name), table] as const),
    ...manifest.files.map(file => [fileEntry(file.key), file] as const),
  ])
  for (const entry of entries.keys()) {
    if (entry !== manifestEntry && !expected.has(entry)) throw new ArchiveRefused(entry, 'is not in the manifest')
  }
  for (const [entry, content] of expected) {
    if (!entries.has(entry)) throw new ArchiveRefused(entry, 'is missing')
    await verifyEntry(open, entry, content)
  }
}

async function verifyEntry(open: Archive['open'], entry: string, expected: Content & { rows?: number }): Promise<void> {
  const measured = meter()
  let lines = 0
  try {
    for await (const piece of measured.through(await open(entry))) {
      if (expected.rows !== undefined) lines += newlines(piece)
    }
  } catch (cause) {
    throw damaged(entry, cause as Error)
  }
  const found = measured.content()
  if (found.bytes !== expected.bytes || found.sha256 !== expected.sha256) {
    throw new ArchiveRefused(entry, 'is damaged: its checksum is another than in the manifest')
  }
  if (expected.rows !== undefined && lines !== expected.rows + 1) {
    throw new ArchiveRefused(entry, `has ${lines - 1} rows, and the manifest says ${expected.rows}`)
  }
}

function newlines(piece: Buffer): number {
  let count = 0
  for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) count++
  return count
}

function damaged(entry: string, cause: Error): ArchiveRefused {
  return new ArchiveRefused(entry, `is damaged: ${cause.message}`, { cause })
}
