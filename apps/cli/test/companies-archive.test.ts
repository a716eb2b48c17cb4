import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { launch, run } from './support/command.ts'
import { newCompanies } from './support/companies.ts'

const database = await testDatabase(t)
const env = { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl }
const companies = (...args: string[]) => run(['companies', ...args], env)
const { acme } = await newCompanies(database, ['acme'])
const folder = t.testdir()
const archive = join(folder, 'acme.zip')

t.test('an operator exports a company, and imports it under another address', async t => {
  const exported = await companies('export', 'acme', archive)
  t.match(exported, {
    code: 0,
    out: /^TABLE .*ROWS\n[\s\S]*members +1\n[\s\S]*acme\.zip: \d+ bytes, SHA-256 [0-9a-f]{64}\n$/,
  })
  const [taken, imported] = await Promise.all([
    companies('import', archive),
    companies('import', archive, '--slug', 'acme-two'),
  ])
  t.match(taken, { code: 1, err: /Another company uses the address acme\. Choose another one with --slug\.\n$/ })
  t.match(imported, { code: 0, out: /members +1\n[\s\S]*at \/c\/acme-two\.\nCan enter it: \S+@example\.org\n$/ })
})

t.test('what is no archive is refused with the reason', async t => {
  await writeFile(join(folder, 'cut.zip'), (await readFile(archive)).subarray(0, 500))
  const [cut, missing] = await Promise.all([
    companies('import', join(folder, 'cut.zip')),
    companies('import', join(folder, 'none.zip')),
  ])
  t.match(cut, { code: 1, err: /^The archive was refused: .*cut\.zip is no archive, or was cut off\.\n$/ })
  t.match(missing, { code: 1, err: /^Expected an archive in .*none\.zip, but there is no file.*Check the path\.\n$/ })
})

t.test('Ctrl-C leaves no file', async t => {
  const lock = await database.owner.connect()
  t.teardown(() => lock.release(true))
  await lock.query(`begin; lock table "${acme}".spins`)
  const child = launch(['companies', 'export', 'acme', join(folder, 'half.zip')], env)
  t.teardown(() => child.kill('SIGKILL'))
  while (!(await someoneWaits())) await turn()
  child.kill('SIGINT')
  await lock.query('rollback')
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  t.match([code, err], [1, /^Interrupted\. Nothing was written\.\n$/])
  t.strictSame((await readdir(folder)).sort(), ['acme.zip', 'cut.zip'])
})

async function someoneWaits(): Promise<boolean> {
  const { rowCount } = await database.owner.query(
    'select from pg_locks where not granted and relation = $1::regclass',
    [`"${acme}".spins`],
  )
  return rowCount !== 0
}
