import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable, type WritableOptions } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { exportTenant } from '../src/archive-export.ts'
import { writeWhole } from '../src/archive-file.ts'
import { importTenant } from '../src/archive-import.ts'
import type { Tenant } from '../src/tenancy.ts'
import { exportTo, folder, library, newLibrary, plan } from './support/archives.ts'
import { start } from './support/process.ts'
import { superuser, terminate } from './support/tenants.ts'
import { until } from './support/until.ts'

const database = await testDatabase(t)
const { owner, tenancy } = database
const operator = superuser(t, database)
const blueprint = library(database.blueprint)
const [small, large] = [await newLibrary(database, blueprint), await newLibrary(database, blueprint)]
await owner.query(`insert into "${small.name}".authors (name) select md5(n::text) from generate_series(1, 100) n`)
// More than all buffers on the way hold, and too mixed to be compressed.
await owner.query(
  `insert into "${large.name}".authors (name) select text from generate_series(1, 300),
   (select string_agg(md5(n::text), '') as text from generate_series(1, 3000) n) mixed`,
)

t.test('a disk that is full leaves no file, and says so', async t => {
  const disk = await smallDisk(t)
  if (!disk) {
    t.comment('left out: no file system may be mounted here')
    return
  }
  const path = join(disk, 'library.zip')
  await t.rejects(exportTo(path, database, large), {
    name: 'FileNotWritten',
    message: `${path} was not written: the disk is full. Make room, or choose another place.`,
    cause: { code: 'ENOSPC' },
  })
  t.strictSame(await readdir(disk), [])
  await noBackendLeft()
})

t.test('an export that fails leaves the file that was there before', async t => {
  const path = join(await folder(t), 'library.zip')
  await writeFile(path, 'the archive of yesterday')
  const full = writeWhole(path, async destination => {
    await new Promise(resolve => destination.write('half of it', resolve))
    t.match(await readdir(join(path, '..')), ['library.zip', /^library\.zip\.\d+\.partial$/])
    throw Object.assign(new Error('write'), { code: 'ENOSPC' })
  })
  await t.rejects(full, { name: 'FileNotWritten', message: /the disk is full/ })
  t.strictSame(await readdir(join(path, '..')), ['library.zip'])
  t.equal(await readFile(path, 'utf8'), 'the archive of yesterday')
  await t.rejects(
    writeWhole(path, () => Promise.reject(new Error('no'))),
    { message: 'no' },
    'and what has nothing to do with files is said as it is',
  )
})

t.test('a folder that is not there is said', async t => {
  const path = join(await folder(t), 'none', 'library.zip')
  await t.rejects(exportTo(path, database, small), {
    message: `${path} was not written: there is no such folder. Make it, or choose another place.`,
  })
})

t.test('what the destination fails with ends the export, and its connection', async t => {
  const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no more')) })
  await t.rejects(exportTenant(tenancy, large, plan, failing), { message: 'no more' })
  await noBackendLeft()
})

t.test('an export can be told to end', async t => {
  const stop = new AbortController()
  const path = join(await folder(t), 'library.zip')
  const exporting = writeWhole(path, destination =>
    exportTenant(tenancy, large, plan, destination, { signal: stop.signal, onProgress: () => stop.abort() }),
  )
  await t.rejects(exporting, { name: 'AbortError' })
  t.strictSame(await readdir(join(path, '..')), [])
  await noBackendLeft()
})

t.test('a connection that is lost in the middle fails the export, which is not begun again', async t => {
  const slow = heldUp()
  const exporting = exportTenant(tenancy, large, plan, slow)
  const failure = t.rejects(exporting, { name: 'DatabaseUnavailable' })
  await until(async () => (await backend())?.wait_event === 'ClientWrite')
  await terminate(operator, (await backend())?.pid as number)
  // What waits for its destination reads nothing, so it hears of the loss when it goes on.
  slow.goOn()
  await failure
  t.ok(slow.destroyed)
})

t.test('a destination that waits makes PostgreSQL wait, so that memory is not filled', async t => {
  const slow = heldUp()
  let rows = 0
  const onProgress = (_table: string, count: number) => {
    rows = count
  }
  const exporting = exportTenant(tenancy, large, plan, slow, { onProgress })
  await until(async () => (await backend())?.wait_event === 'ClientWrite')
  t.ok(rows < 150, `${rows} of 300 rows were read`)
  slow.goOn()
  const { manifest } = await exporting
  t.equal(manifest.tables.find(({ name }) => name === 'authors')?.rows, 300)
})

t.test('after rows that were held up to the last the snapshot goes on, also where they end in an error', async t => {
  const look = async () => 'seen'
  // More than the stream holds, so that it waits with the end of the rows behind it.
  const large = { length: 1 << 20, add: () => {}, take: () => Buffer.alloc(1 << 20) }
  const next = await tenancy.snapshot(small, look, async view => {
    await buffer(view.copy('copy (select 1) to stdout', large))
    return view.query('select 2 as answer')
  })
  t.strictSame(next, [{ answer: 2 }])
  await t.rejects(
    tenancy.snapshot(small, look, view =>
      buffer(view.copy('copy (select 1 / n from generate_series(1, 0, -1) n) to stdout', large)),
    ),
    { code: '22012' },
  )
})

t.test('a row that a policy hides is an error, not left out', async t => {
  const hidden = await newLibrary(database, blueprint)
  await owner.query(`alter table "${hidden.name}".authors enable row level security`)
  await t.rejects(exportTo(join(await folder(t), 'library.zip'), database, hidden), { code: '42501' })
  await noBackendLeft()
})

t.test('a tenant that is migrated just then is not exported half old and half new', async t => {
  const migrated = await newLibrary(database, blueprint)
  const meanwhile = {
    ...plan,
    subject: () => owner.query('update tenants set version = version + 1 where name = $1', [migrated.name]),
  }
  const nothing = new Writable({ write: () => t.fail('nothing is written') })
  await t.rejects(exportTenant(tenancy, migrated, meanwhile, nothing), { name: 'TenantMigrated', message: /Try again/ })
  await t.rejects(exportTenant(tenancy, { name: 't_00000000000000000000' }, plan, nothing), {
    message: /no tenant t_0/,
  })
})

t.test('a process killed in the middle of an import leaves nothing, and the next one imports once', async t => {
  const path = join(await folder(t), 'library.zip')
  await exportTo(path, database, small)
  const before = await traces()
  const lock = await owner.connect()
  t.teardown(() => lock.release(true))
  await lock.query('select pg_advisory_lock(4712)')
  const child = start('importer.ts', [database.ownerUrl, path])
  t.teardown(() => child.kill('SIGKILL'))
  let pid = 0
  await until(async () => {
    const { rows } = await owner.query(
      "select pid from pg_stat_activity where application_name = 'killed import' and wait_event = 'advisory'",
    )
    pid = rows[0]?.pid
    return pid !== undefined
  })
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  await lock.query('select pg_advisory_unlock(4712)')
  await until(async () => (await owner.query('select from pg_stat_activity where pid = $1', [pid])).rowCount === 0)
  t.strictSame(await traces(), before)
  const imported = await importTenant(owner, blueprint, path, { application: 'library' }, async () => {})
  t.equal(await authors(imported.tenant), 100)
})

t.test('an import whose connection is lost begins again, and imports once', async t => {
  const path = join(await folder(t), 'library.zip')
  await exportTo(path, database, small)
  const before = await tenantCount()
  const tries: Tenant[] = []
  const { tenant: made } = await importTenant(
    owner,
    blueprint,
    path,
    { application: 'library' },
    async (db, tenant) => {
      if (tries.push(tenant) > 1) return
      const { rows } = await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await terminate(operator, rows[0]?.pid as number)
      await db.execute(sql`select 1`)
    },
  )
  t.equal(tries.length, 2)
  t.equal(await tenantCount(), before + 1)
  t.equal(await authors(made), 100)
})

/** A file system of 256 KiB, or nothing where the system does not allow it. */
async function smallDisk(t: Test): Promise<string | undefined> {
  const path = await folder(t)
  const run = promisify(execFile)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', path])
  } catch {
    return undefined
  }
  t.teardown(() => run('umount', [path]))
  return path
}

/** A destination that takes nothing before it is told to go on. */
function heldUp(): Writable & { goOn(): void } {
  let goOn = () => {}
  const held = new Promise<void>(resolve => {
    goOn = resolve
  })
  const write: WritableOptions['write'] = (_chunk, _encoding, done) => void held.then(() => done())
  return Object.assign(new Writable({ write }), { goOn })
}

const copying = "datname = current_database() and application_name = 'spintrack api' and query like 'copy%authors%'"

/** The backend of an export, in the middle of the large table. Only a superuser sees what others wait for. */
async function backend(): Promise<{ pid: number; wait_event: string } | undefined> {
  return (await operator.query(`select pid, wait_event from pg_stat_activity where ${copying}`)).rows[0]
}

/** The connection of a failed export ends; PostgreSQL notices a moment later. */
async function noBackendLeft(): Promise<void> {
  await until(async () => (await operator.query(`select from pg_stat_activity where ${copying}`)).rowCount === 0)
}

async function authors({ name }: Tenant): Promise<number> {
  return (await owner.query(`select count(*)::int from "${name}".authors`)).rows[0].count
}

async function tenantCount(): Promise<number> {
  return (await owner.query('select count(*)::int from tenants')).rows[0].count
}

async function traces() {
  const { rows } = await owner.query(
    'select (select count(*) from tenants) as tenants, (select count(*) from pg_namespace) as schemas, (select count(*) from pg_roles) as roles',
  )
  return rows
}
