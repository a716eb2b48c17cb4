import { createHash } from 'node:crypto'
import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import type { Manifest } from '../src/archive-format.ts'
import { importTenant } from '../src/archive-import.ts'
import { exportTo, flip, folder, forge, library, newLibrary, zip } from './support/archives.ts'

const database = await testDatabase(t)
const { owner } = database
const blueprint = library(database.blueprint)
const path = join(await folder(t), 'library.zip')
const tenant = await newLibrary(database, blueprint)
await owner.query(`insert into "${tenant.name}".authors (name) select 'Author ' || n from generate_series(1, 50) n`)
await owner.query(`insert into "${tenant.name}".covers values (gen_random_uuid(), null, 'picture of a cover')`)
const { manifest } = await exportTo(path, database, tenant)
const [picture] = manifest.files.map(({ key }) => `files/${key}`) as [string]

/** What every entry of a ZIP file begins with. */
const entryHead = Buffer.from('PK\u0003\u0004')

type Entries = Map<string, Buffer>
type Change = (manifest: Manifest, entries: Entries) => void

/** The archive with a manifest that was changed, and fits the entries again where `change` says so. */
const withManifest = (change: Change) => () =>
  forge(path, entries => {
    const changed = JSON.parse(String(entries.get('manifest.json')))
    change(changed, entries)
    entries.set('manifest.json', Buffer.from(JSON.stringify(changed)))
  })

/** A table's entry with another content, and its checksum with it. */
function replace(
  name: string,
  content: string,
  change: (table: Manifest['tables'][number]) => void = () => {},
): Change {
  return ({ tables }, entries) => {
    const table = tables.find(table => table.name === name) as Manifest['tables'][number]
    entries.set(`tables/${name}.ndjson`, Buffer.from(content))
    table.bytes = Buffer.byteLength(content)
    table.sha256 = createHash('sha256').update(content).digest('hex')
    change(table)
  }
}

const cases: Record<string, [make: () => Promise<string>, reason: RegExp]> = {
  'a file that is no archive': [() => written(Buffer.from('Dear diary')), /is no archive, or was cut off/],
  'an empty file': [() => written(Buffer.alloc(0)), /is no archive, or was cut off/],
  'an archive that was cut off': [cutOff, /is no archive, or was cut off/],
  'a byte turned in a table': [turned, /tables\/authors\.ndjson is damaged/],
  'a byte turned in the head of a table': [
    () => flip(path, entryHead),
    /tables\/\w+\.ndjson is damaged: invalid local/,
  ],
  'a byte turned in the head of the manifest': [headOfManifest, /manifest\.json is damaged: invalid local/],
  'a byte turned in the manifest': [turnedManifest, /manifest\.json is damaged/],
  'a list of entries that is damaged': [
    () => flip(path, Buffer.from('PK\u0001\u0002')),
    /its list of entries is damaged/,
  ],
  'a name that leads out of the archive': [leadingOut, /its list of entries is damaged: invalid relative path/],
  'an entry that is there twice': [twice, /authors\.ndjson is there twice/],
  'an entry that nobody knows': [
    () => forge(path, entries => entries.set('extra.txt', Buffer.from('?'))),
    /extra\.txt is not in the manifest/,
  ],
  'a table that is missing': [
    () => forge(path, entries => entries.delete('tables/hens.ndjson')),
    /hens\.ndjson is missing/,
  ],
  'a file that is missing': [() => forge(path, entries => entries.delete(picture)), /files\/.* is missing/],
  'a file of the same length': [
    () => forge(path, entries => entries.set(picture, Buffer.from('picture of a Cover'))),
    /files\/.* is damaged: its checksum/,
  ],
  'no manifest': [() => forge(path, entries => entries.delete('manifest.json')), /manifest\.json is missing/],
  'a manifest that is too large': [
    () => forge(path, entries => entries.set('manifest.json', Buffer.alloc((16 << 20) + 1))),
    /manifest\.json is too large/,
  ],
  'a manifest that is no JSON': [
    () => forge(path, entries => entries.set('manifest.json', Buffer.from('{'))),
    /manifest\.json is not JSON/,
  ],
  'a manifest of something else': [
    () => forge(path, entries => entries.set('manifest.json', Buffer.from('null'))),
    /is not that of an archive/,
  ],
  'a newer format': [
    withManifest(manifest => {
      manifest.format = 2
    }),
    /has format 2, and this build reads 1\. Import it with the build that made it\./,
  ],
  'a newer version': [
    withManifest(manifest => {
      manifest.version = 99
    }),
    /is of version 99, and this build knows \d/,
  ],
  'no application': [withManifest(manifest => Reflect.deleteProperty(manifest, 'application')), /is not complete/],
  'a version that is no count': [
    withManifest(manifest => {
      manifest.version = -1
    }),
    /is not complete/,
  ],
  'no tables': [withManifest(manifest => Reflect.deleteProperty(manifest, 'tables')), /is not complete/],
  'a table of nothing': [
    withManifest(manifest => {
      manifest.tables[0] = null as never
    }),
    /is not complete/,
  ],
  'columns that are no names': [
    withManifest(manifest => {
      manifest.tables[0] = { ...manifest.tables[0], columns: [1] } as never
    }),
    /is not complete/,
  ],
  'a file without a name': [
    withManifest(manifest => {
      manifest.files[0] = { bytes: 1, sha256: '' } as never
    }),
    /is not complete/,
  ],
  'files of no column': [
    withManifest(manifest => {
      manifest.tables[0] = { ...manifest.tables[0], files: {} } as never
    }),
    /is not complete/,
  ],
  'a count of rows that is wrong': [
    withManifest(manifest => {
      for (const table of manifest.tables) table.rows += 1
    }),
    /tables\/\w+\.ndjson has \d+ rows, and the manifest says \d+/,
  ],
  'a table of the system': [
    withManifest(
      replace('authors', '["rolname"]\n["evil"]\n', table =>
        Object.assign(table, { columns: ['rolname'], rows: 1, name: 'authors' }),
      ),
    ),
    /has a column rolname, which its table has not/,
  ],
  'a table that its version has not': [
    withManifest(({ tables }, entries) => {
      const table = tables.find(({ name }) => name === 'authors')
      entries.set('tables/pg_authid.ndjson', entries.get('tables/authors.ndjson') as Buffer)
      entries.delete('tables/authors.ndjson')
      Object.assign(table as object, { name: 'pg_authid' })
    }),
    /pg_authid\.ndjson is for a table that tenants of its version do not have/,
  ],
  'rows that the table refuses': [
    withManifest(
      replace('authors', '["id","name","friend"]\n[1,"Ada",7]\n', table => {
        table.rows = 1
      }),
    ),
    /authors\.ndjson holds what its table cannot: .*foreign key/,
  ],
  'a value of another type': [
    withManifest(
      replace('authors', '["id","name","friend"]\n["one","Ada",null]\n', table => {
        table.rows = 1
      }),
    ),
    /authors\.ndjson holds what its table cannot: .*integer/,
  ],
  'a row of another length': [
    withManifest(
      replace('authors', '["id","name","friend"]\n[1,"Ada"]\n', table => {
        table.rows = 1
      }),
    ),
    /something else than 3 values on line 2/,
  ],
}

for (const [what, [make, reason]] of Object.entries(cases)) {
  t.test(`${what}: refused with the reason, and nothing is left`, async t => {
    const before = await traces()
    const error = await importTenant(owner, blueprint, await make(), { application: 'library' }, async () => {}).catch(
      error => error,
    )
    t.match(error, { name: 'ArchiveRefused', message: reason })
    t.match(error.message, /^The archive was refused: .*\.$/s)
    t.strictSame(await traces(), before)
  })
}

t.test('a file that is not there is no damaged archive', async t => {
  await t.rejects(
    importTenant(owner, blueprint, `${path}.none`, { application: 'library' }, async () => {}),
    { code: 'ENOENT' },
  )
})

t.test('the archive itself is taken, so each of these was refused for what was done to it', async t => {
  const again = await forge(path, () => {})
  const imported = await importTenant(owner, blueprint, again, { application: 'library' }, async () => {})
  const { rows } = await owner.query(`select count(*)::int from "${imported.tenant.name}".authors`)
  t.strictSame(rows, [{ count: 50 }])
})

async function written(bytes: Buffer): Promise<string> {
  await writeFile(`${path}.other`, bytes)
  return `${path}.other`
}

async function cutOff(): Promise<string> {
  const cut = await written(await readFile(path))
  await truncate(cut, 1_000)
  return cut
}

/** A byte in the middle of what the table was compressed to. */
async function turned(): Promise<string> {
  const bytes = await readFile(path)
  const at = bytes.indexOf('tables/authors.ndjson') + 100
  bytes[at] = (bytes[at] as number) ^ 0x10
  return written(bytes)
}

async function headOfManifest(): Promise<string> {
  const bytes = await readFile(path)
  bytes[bytes.lastIndexOf(entryHead)] = 'Q'.charCodeAt(0)
  return written(bytes)
}

async function turnedManifest(): Promise<string> {
  const bytes = await readFile(await forge(path, () => {}))
  const at = bytes.indexOf('"createdAt": "2') + 14
  bytes[at] = '3'.charCodeAt(0)
  return written(bytes)
}

/** yazl writes no such name, so it is put in afterwards. */
async function leadingOut(): Promise<string> {
  const forged = await forge(path, entries => entries.set('xx/passwd', Buffer.from('root')))
  return written(
    Buffer.from((await readFile(forged)).toString('latin1').replaceAll('xx/passwd', '../passwd'), 'latin1'),
  )
}

async function twice(): Promise<string> {
  await zip(`${path}.twice`, [
    ['tables/authors.ndjson', Buffer.from('')],
    ['tables/authors.ndjson', Buffer.from('')],
  ])
  return `${path}.twice`
}

async function traces() {
  const { rows } = await owner.query(
    'select (select count(*) from tenants) as tenants, (select count(*) from pg_namespace) as schemas',
  )
  return rows
}
