/** The version of the format itself: entries, manifest, lines. A build reads this one. */
export const archiveFormat = 1

/** The entry that describes the others. It stands last, since it has their checksums, and is read first. */
export const manifestEntry = 'manifest.json'

/** What every entry but the manifest is held against: bytes of content and their SHA-256 in hex. */
export type Content = { bytes: number; sha256: string }

/** A table: one entry of lines that are JSON arrays, first the names of the columns, then the rows. */
export type ArchivedTable = Content & {
  name: string
  columns: string[]
  rows: number
  /** Of a table whose rows have a file each: the column that names it, and the one whose bytes are in it. */
  files?: { key: string; content: string }
}

/** What is in an archive. `subject` is the application's own part. */
export type Manifest = {
  format: number
  application: string
  /** The tenant's version: how many of the application's migrations its tables had. */
  version: number
  createdAt: string
  /** In an order in which they can be filled: what others refer to comes first. */
  tables: ArchivedTable[]
  files: (Content & { key: string })[]
  subject: unknown
}

export const tableEntry = (name: string) => `tables/${name}.ndjson`
export const fileEntry = (key: string) => `files/${key}`

/**
 * Settings under which PostgreSQL's text form of a value is the same everywhere and loses nothing, and a row that a
 * policy hides is an error rather than left out; for the transactions that write and read archives.
 */
export const textSettings = [
  "set local datestyle to 'ISO, YMD'",
  "set local intervalstyle to 'postgres'",
  "set local bytea_output to 'hex'",
  'set local extra_float_digits to 1',
  "set local timezone to 'UTC'",
  'set local row_security to off',
].join('; ')

/** An archive is damaged, newer than this build, or something else. Nothing was imported. */
export class ArchiveRefused extends Error {
  override name = 'ArchiveRefused'
  /** `what`: the entry concerned, or the archive; `reason` goes on from it: "is damaged: …". */
  constructor(what: string, reason: string, options?: ErrorOptions) {
    super(`The archive was refused: ${what} ${reason}.`, options)
  }
}

/** Reads a manifest of this format. Throws ArchiveRefused. */
export function readManifest(json: string): Manifest {
  const manifest = parse(json)
  if (typeof manifest.format !== 'number') throw new ArchiveRefused(manifestEntry, 'is not that of an archive')
  if (manifest.format !== archiveFormat) {
    throw new ArchiveRefused(
      manifestEntry,
      `has format ${manifest.format}, and this build reads ${archiveFormat}. Import it with the build that made it`,
    )
  }
  if (!isManifest(manifest)) throw new ArchiveRefused(manifestEntry, 'is not complete')
  return manifest
}

function parse(json: string): Partial<Manifest> {
  try {
    return Object(JSON.parse(json))
  } catch (cause) {
    throw new ArchiveRefused(manifestEntry, 'is not JSON', { cause })
  }
}

function isManifest(manifest: Partial<Manifest>): manifest is Manifest {
  const { application, version, tables, files } = manifest
  return (
    typeof application === 'string' &&
    isCount(version) &&
    Array.isArray(tables) &&
    tables.every(table => isContent(table) && typeof table.name === 'string' && isTable(table)) &&
    Array.isArray(files) &&
    files.every(file => isContent(file) && typeof file.key === 'string')
  )
}

function isTable({ columns, rows, files }: ArchivedTable): boolean {
  return (
    Array.isArray(columns) &&
    columns.every(column => typeof column === 'string') &&
    isCount(rows) &&
    (files === undefined || (typeof files.key === 'string' && typeof files.content === 'string'))
  )
}

function isContent(content: Partial<Content> | null): boolean {
  return isCount(content?.bytes) && typeof content?.sha256 === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
