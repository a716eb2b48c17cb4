import { join } from 'node:path'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { ArchiveRefused, type Manifest } from '../src/archive-format.ts'
import { importTenant } from '../src/archive-import.ts'
import type { Blueprint } from '../src/provision.ts'
import type { Tenant } from '../src/tenancy.ts'
import { exportTo, folder, library, newLibrary, unzip } from './support/archives.ts'
import { next } from './support/builds.ts'
import { newTenant } from './support/tenants.ts'

const database = await testDatabase(t)
const { owner, tenancy } = database
const blueprint = library(database.blueprint)
const options = { application: 'library' }
const settle = async () => {}

const nasty = `back\\slash \\N \\. \\u0000 'quote' "double" tab\tnew\nline\r\b\f\v\u0001\u001f🌀é`

t.test('a tenant that is exported, imported and exported again has the same rows, to the byte', async t => {
  const path = join(await folder(t), 'library.zip')
  const tenant = await newLibrary(database, blueprint)
  await fillLibrary(tenant)
  const exported = await exportTo(path, database, tenant)
  const progress: [string, number][] = []
  const imported = await importTenant(
    owner,
    blueprint,
    path,
    { ...options, onProgress: (table, rows) => progress.push([table, rows]) },
    settle,
  )
  t.not(imported.tenant.name, tenant.name)
  t.match(progress, [['authors', 3]], 'the first that is done is what others refer to')
  const again = await exportTo(`${path}.again`, database, imported.tenant)
  t.strictSame(contents(again.manifest), contents(exported.manifest))
  t.same(
    (await unzip(`${path}.again`)).get('files/11111111-1111-4111-8111-111111111111'),
    Buffer.from([0, 255, 92, 10]),
  )

  const { rows } = await owner.query(
    'select state, version, claimed_at is not null as claimed from tenants where name = $1',
    [imported.tenant.name],
  )
  t.strictSame(rows, [{ state: 'ready', version: blueprint.migrations.length, claimed: true }])
  const added = await tenancy.scope(imported.tenant, {}, db =>
    db.execute(sql`insert into authors (name) values ('next') returning id`),
  )
  t.strictSame(added.rows, [{ id: 4 }], 'its role has its rights, and numbers go on where they were')
})

t.test('an archive says what is in it, in a form that people can open', async t => {
  const path = join(await folder(t), 'library.zip')
  const tenant = await newLibrary(database, blueprint)
  const stranger = await newTenant(database)
  await fillLibrary(tenant)
  await exportTo(path, database, tenant)
  const entries = await unzip(path)
  t.strictSame(
    [...entries.keys()].slice(-4),
    ['tables/eggs.ndjson', 'tables/hens.ndjson', 'files/11111111-1111-4111-8111-111111111111', 'manifest.json'],
    'the manifest is last',
  )
  t.notOk(entries.has('tables/caches.ndjson'), 'and what is not worth keeping is left out')
  const [columns, , second] = String(entries.get('tables/albums.ndjson')).split('\n')
  t.strictSame(JSON.parse(columns as string), [
    'id',
    'author_id',
    'Odd "name" é',
    'copies',
    'price',
    'weight',
    'lent',
    'due',
    'length',
    'tags',
    'facts',
    'pages',
  ])
  t.strictSame(JSON.parse(second as string), [
    2,
    1,
    nasty,
    '9007199254740993',
    '-12.50',
    '0.1',
    true,
    '2026-02-03 04:05:06.789+00',
    '-1 days +02:03:04',
    String.raw`{"a b","c\"d",NULL}`,
    '{"a": [1, "\\n"]}',
    -7,
  ])
  const manifest = JSON.parse(String(entries.get('manifest.json')))
  t.match(manifest, {
    format: 1,
    application: 'library',
    version: blueprint.migrations.length,
    subject: { name: 'City library' },
  })
  t.match(
    manifest.tables.find((table: { name: string }) => table.name === 'covers'),
    {
      columns: ['id', 'album_id'],
      rows: 2,
      sha256: /^[0-9a-f]{64}$/,
      files: { key: 'id', content: 'picture' },
    },
  )
  t.match(manifest.files, [{ key: '11111111-1111-4111-8111-111111111111', bytes: 4, sha256: /^[0-9a-f]{64}$/ }])
  t.notMatch([...entries.values()].join(), stranger.canary, 'nothing of another tenant')
})

t.test('the application adds its own in the same transaction, or nothing is left of the import', async t => {
  const path = join(await folder(t), 'library.zip')
  await exportTo(path, database, await newLibrary(database, blueprint))
  const { tenant, value } = await importTenant(owner, blueprint, path, options, async (db, tenant, manifest, enter) => {
    await enter(tenant, inside =>
      inside.execute(sql`insert into authors (name) values (${JSON.stringify(manifest.subject)})`),
    )
    const { rows } = await db.execute<{ state: string }>(sql`select state from tenants where name = ${tenant.name}`)
    return rows[0]?.state
  })
  t.equal(value, 'ready')
  const { rows } = await owner.query(`select name from "${tenant.name}".authors`)
  t.strictSame(rows, [{ name: '{"name":"City library"}' }])

  const before = await traces()
  let refused = ''
  const failing = importTenant(owner, blueprint, path, options, async (_db, tenant) => {
    refused = tenant.name
    throw new Error('no')
  })
  await t.rejects(failing, { message: 'no' })
  t.match(refused, /^t_/)
  t.strictSame(await traces(), before)
})

t.test('an archive of an older build is brought up to date, data steps and rights included', async t => {
  const path = join(await folder(t), 'library.zip')
  const tenant = await newLibrary(database, blueprint)
  await fillLibrary(tenant)
  await exportTo(path, database, tenant)
  const newer = next(
    blueprint,
    {
      sql: 'alter table authors add column shelf text; create table shelves (name text);',
      data: async db => {
        await db.execute(sql`update authors set shelf = left(name, 1)`)
      },
    },
    { grants: { ...blueprint.grants, shelves: 'insert' } },
  )
  const imported = await importTenant(owner, newer, path, options, settle)
  await t.resolves(tenancy.scope(imported.tenant, {}, db => db.execute(sql`insert into shelves values ('A')`)))
  const { rows } = await owner.query(`select shelf from "${imported.tenant.name}".authors order by id`)
  t.strictSame(rows, [{ shelf: 'A' }, { shelf: 'B' }, { shelf: 'b' }])
  t.strictSame(await versionOf(imported.tenant), newer.migrations.length)
  await t.rejects(importTenant(owner, database.blueprint, path, options, settle), {
    name: 'ArchiveRefused',
    message: /is of version \d, and this build knows \d\. Import it with a newer build\./,
  })
})

t.test('rows that a hook gives to every new tenant make way for those of the archive', async t => {
  const path = join(await folder(t), 'library.zip')
  const tenant = await newLibrary(database, blueprint)
  await fillLibrary(tenant)
  await exportTo(path, database, tenant)
  const hooks: Blueprint['hooks'] = {
    beforeProvision: async ({ query }) => void (await query('create domain isbn as text')),
    afterProvision: async ({ query }) => void (await query("insert into authors (name) values ('Everybody')")),
  }
  const imported = await importTenant(owner, { ...blueprint, hooks }, path, options, settle)
  const { rows } = await owner.query(
    `select count(*)::int as authors, to_regtype('"${imported.tenant.name}".isbn') is not null as hooked from "${imported.tenant.name}".authors`,
  )
  t.strictSame(rows, [{ authors: 3, hooked: true }])
})

t.test('an archive of another application is refused', async t => {
  const path = join(await folder(t), 'library.zip')
  await exportTo(path, database, await newLibrary(database, blueprint))
  await t.rejects(importTenant(owner, blueprint, path, { application: 'shop' }, settle), {
    constructor: ArchiveRefused,
    message: /is one of library, not of shop/,
  })
})

/** Values of every kind, written by the tenant itself. */
async function fillLibrary(tenant: Tenant): Promise<void> {
  await owner.query(`insert into "${tenant.name}".caches values (1)`)
  await tenancy.scope(tenant, {}, async db => {
    await db.execute(sql`insert into authors (name, friend) values ('Ada', 2), ('Bea', 1), ('bo', null)`)
    await db.execute(sql`insert into albums (author_id) values (3)`)
    await db.execute(sql`insert into albums (author_id, "Odd ""name"" é", copies, price, weight, lent, due, length, tags, facts, pages)
      values (1, ${nasty}, 9007199254740993, -12.50, 0.1, true, '2026-02-03 04:05:06.789Z', '-1 days 02:03:04',
        array['a b', 'c"d', null], '{"a": [1, "\\n"]}', -7)`)
    await db.execute(
      sql`insert into albums (author_id, "Odd ""name"" é", lent) values (2, '', false), (2, ${'long '.repeat(100_000)}, null)`,
    )
    await db.execute(sql`insert into covers values ('11111111-1111-4111-8111-111111111111', 1, '\\x00ff5c0a'),
      ('22222222-2222-4222-8222-222222222222', null, null)`)
    await db.execute(sql`set constraints all deferred`)
    await db.execute(sql`insert into hens values (1, 1)`)
    await db.execute(sql`insert into eggs values (1, 1)`)
  })
}

const contents = ({ tables, files, subject }: Manifest) => ({ tables, files, subject })

async function versionOf({ name }: Tenant): Promise<number> {
  return (await owner.query('select version from tenants where name = $1', [name])).rows[0].version
}

/** How many tenants, schemas and roles there are. */
async function traces() {
  const { rows } = await owner.query(
    `select (select count(*) from tenants) as tenants, (select count(*) from pg_namespace) as schemas, (select count(*) from pg_roles) as roles`,
  )
  return rows
}
