import { chmod, chown, cp, lstat, mkdir, mkdtemp, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { destroyEmbedded } from '../src/embedded.ts'
import { canEnter, run, runsAsRoot, serverAccount } from '../src/embedded-account.ts'
import { findPackage, openBinaries } from '../src/embedded-binaries.ts'
import { ask, emptyFolder, hold, open } from './support/embedded.ts'

const nobody = { uid: 65534, gid: 65534, name: 'nobody' }
const root = runsAsRoot()
const here = fileURLToPath(new URL('.', import.meta.url))
const asRoot = { skip: !root && 'only root can try this' }
const asNobody = { skip: !(root && (await canEnter(here, nobody))) && 'needs root, in a checkout that all may enter' }

t.test('as root, the server runs as an account that owns the data', asRoot, async t => {
  const folder = await emptyFolder(t)
  const { superuserUrl } = await open(t, folder)
  const { uid, mode } = await stat(join(folder, 'postgres'))
  t.not(uid, 0)
  t.equal(mode & 0o777, 0o700)
  t.equal(await ask(superuserUrl(), 'show data_directory'), join(folder, 'postgres'))
  t.equal((await stat(join(folder, 'secrets.json'))).uid, 0)
})

t.test('as root in a folder closed to others, the data lies where its account can reach it', asRoot, async t => {
  const parent = await mkdtemp(join(tmpdir(), 'spintrack-closed-'))
  t.teardown(() => destroyEmbedded(parent))
  const folder = join(parent, 'wanted', 'data')
  t.teardown(() => destroyEmbedded(folder))
  const log: string[] = []
  const { fresh, ownerUrl, superuserUrl, close } = await open(t, folder, log)
  t.equal(fresh, true)
  const data = await readlink(join(folder, 'postgres'))
  t.match(log, [new RegExp(`^PostgreSQL's account cannot enter .*/wanted/data, so the database is in ${data}$`)])
  t.equal(log.length, 1)
  const [above, own] = await Promise.all([lstat(dirname(data)), lstat(data)])
  t.equal(above.uid, 0)
  t.equal(above.mode & 0o022, 0)
  t.not(own.uid, 0)
  t.equal(own.mode & 0o777, 0o700)
  t.equal((await stat(parent)).mode & 0o777, 0o700, 'the folders of others keep their modes')
  await ask(ownerUrl, 'create table kept ()')
  await close()

  const again = await open(t, folder)
  t.equal(again.fresh, false)
  t.equal(await ask(again.ownerUrl, `select 'kept'::regclass::text`), 'kept')
  await destroyEmbedded(folder)
  await t.rejects(lstat(dirname(data)), { code: 'ENOENT' })
  await t.rejects(ask(superuserUrl(), 'select 1'), { code: 'ECONNREFUSED' })
})

t.test('a plain user runs it as himself, and root beside him shares it', asNobody, async t => {
  const folder = await emptyFolder(t)
  await chown(folder, nobody.uid, nobody.gid)
  const plain = await hold(t, folder, nobody.uid)
  t.equal(plain.told.error, undefined)
  t.equal(plain.told.fresh, true)
  t.equal((await stat(join(folder, 'secrets.json'))).uid, nobody.uid)
  const asRoot = await open(t, folder)
  t.equal(asRoot.superuserUrl(), plain.told.url)
  await plain.close()
  t.equal(await ask(asRoot.ownerUrl, 'select 1'), 1)
  await asRoot.close()
  const again = await hold(t, folder, nobody.uid)
  t.equal(again.told.fresh, false, 'root left nothing behind that he cannot read')
  await again.close()
})

t.test('a plain user is told about a folder he may not use', asNobody, async t => {
  const folder = await emptyFolder(t)
  const closed = join(folder, 'closed')
  await mkdir(closed, { mode: 0o700 })
  t.match((await hold(t, closed, nobody.uid)).told.error, /EmbeddedPostgresError.*closed to be a directory.*EACCES/)
  await chmod(closed, 0o755)
  t.match((await hold(t, closed, nobody.uid)).told.error, /a directory this user can read and write.*EACCES.*DATA_DIR/)
  t.match((await hold(t, join(closed, 'below'), nobody.uid)).told.error, /below to be a directory.*EACCES/)
  await (await open(t, closed)).close()
  await chmod(closed, 0o777)
  t.match((await hold(t, closed, nobody.uid)).told.error, /to read .*secrets\.json, got EACCES\. Start as the user/)
})

t.test('programs that the account cannot reach are copied once to where it can', asRoot, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'spintrack-programs-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const installed = findPackage()
  await cp(installed.folder, folder, { recursive: true, verbatimSymlinks: true })
  await rm(join(folder, 'native', 'lib', 'libpq.so.5'))
  const closed = { ...installed, folder, version: `test-${process.pid}` }
  const account = await serverAccount()
  const { initdb, major } = await openBinaries(account, closed)
  t.teardown(() => rm(dirname(dirname(initdb)), { recursive: true }))
  t.equal(major, '18')
  t.match(initdb, /^\/var\/lib\/spintrack\/.*-test-/)
  t.equal((await run(initdb, ['--version'], account)).status, 0)
  t.ok(
    (await lstat(join(dirname(dirname(initdb)), 'lib', 'libpq.so.5'))).isSymbolicLink(),
    'links that npm left out too',
  )

  const { ino } = await stat(initdb)
  await openBinaries(account, closed)
  t.equal((await stat(initdb)).ino, ino)
  await chmod(dirname(dirname(initdb)), 0o777)
  await t.rejects(openBinaries(account, closed), /to belong to root and be writable by nobody else/)
})
