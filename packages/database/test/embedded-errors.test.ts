import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { EmbeddedPostgresError, openEmbedded } from '../src/embedded.ts'
import { testTuning } from './support/cluster.ts'
import { ask, emptyFolder, open } from './support/embedded.ts'

const refused = (message: RegExp) => ({ name: 'EmbeddedPostgresError', message })

t.test('a database of another PostgreSQL is named with both versions and left alone', async t => {
  const folder = await emptyFolder(t)
  await (await open(t, folder)).close()
  const file = join(folder, 'postgres', 'PG_VERSION')
  await writeFile(file, '17\n')
  await t.rejects(open(t, folder), refused(/made by PostgreSQL 18, got one made by PostgreSQL 17\..*DATA_DIR/s))
  t.equal(await readFile(file, 'utf8'), '17\n')
})

t.test('what is not a directory is refused', async t => {
  const file = join(await emptyFolder(t), 'file')
  await writeFile(file, '')
  await t.rejects(open(t, file), refused(/file to be a directory .* it is not a directory\. .*DATA_DIR/s))
  await t.rejects(open(t, join(file, 'below')), refused(/it is not a directory/))
})

t.test('a server that does not start shows the end of its log', async t => {
  const folder = await emptyFolder(t)
  const tuning = { ...testTuning, shared_buffers: 'plenty' }
  await t.rejects(
    openEmbedded({ directory: folder, log: () => {}, tuning }),
    refused(/invalid value for parameter "shared_buffers": "plenty"/),
  )
  t.equal((await open(t, folder)).fresh, false, 'and starts once that is mended')
})

t.test('secrets that are damaged or not of this database are refused', async t => {
  const folder = await emptyFolder(t)
  const file = join(folder, 'secrets.json')
  const first = await open(t, folder)
  const right = await readFile(file, 'utf8')
  await writeFile(file, '{"id":')
  await t.rejects(open(t, folder), refused(/secrets\.json.*not all there\. Restore/s))
  await rm(file)
  await t.rejects(open(t, folder), refused(/to take the password in .*secrets\.json/))
  await writeFile(file, right)
  await (await open(t, folder)).close()
  t.equal(await ask(first.ownerUrl, 'select 1'), 1)
})

t.test('a pid file left by a crash does not stand in the way, one of another host does', async t => {
  const folder = await emptyFolder(t)
  await (await open(t, folder)).close()
  // No process has this number: it is above the highest that Linux gives.
  const left = `4194305\n${folder}/postgres\n1700000000\n1\n\n127.0.0.1\n\nready   \n`
  const pidFile = join(folder, 'postgres', 'postmaster.pid')
  await writeFile(pidFile, left)
  await writeFile(join(folder, 'host'), 'another-machine\n')
  await t.rejects(
    open(t, folder),
    refused(/last started on another-machine and has not been stopped.*postmaster\.pid/s),
  )
  await writeFile(join(folder, 'host'), `${hostname()}\n`)
  t.equal((await open(t, folder)).fresh, false)
})

t.test('a folder with something else where the data should be is left alone', async t => {
  const folder = await emptyFolder(t)
  const letter = join(folder, 'postgres', 'letter.txt')
  await mkdir(join(folder, 'postgres'))
  await writeFile(letter, 'dear')
  await t.rejects(open(t, folder), EmbeddedPostgresError)
  t.equal(await readFile(letter, 'utf8'), 'dear')
})
