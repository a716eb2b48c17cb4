import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { destroyEmbedded } from '../src/embedded.ts'
import { ask, emptyFolder, open } from './support/embedded.ts'

t.test('the first start makes a database, the next ones find it as it was left', async t => {
  const folder = await emptyFolder(t)
  const first = await open(t, folder)
  t.equal(first.fresh, true)
  await ask(first.ownerUrl, 'create table kept as select 7 as seven')
  await first.close()
  await t.rejects(ask(first.superuserUrl(), 'select 1'), { code: 'ECONNREFUSED' }, 'the last one out stops the server')

  const second = await open(t, folder)
  t.equal(second.fresh, false)
  t.equal(second.sessionSecret, first.sessionSecret)
  t.equal(await ask(second.ownerUrl, 'select seven from kept'), 7)
  await second.close()
  await second.close()
})

t.test('the logins have the rights they need and no others', async t => {
  const { superuserUrl, ownerUrl, appUrl, reportingUrl } = await open(t, await emptyFolder(t))
  const rights = (name: string) =>
    ask(
      superuserUrl(),
      `select json_build_array(rolsuper, rolcreaterole, rolcreatedb, rolinherit, rolcanlogin, left(rolpassword, 13))
       from pg_authid where rolname = '${name}'`,
    )
  t.same(await rights('spintrack_owner'), [false, true, false, true, true, 'SCRAM-SHA-256'])
  t.same(await rights('spintrack_app'), [false, false, false, false, true, 'SCRAM-SHA-256'])
  t.same(await rights('spintrack_reporting'), [false, false, false, false, true, 'SCRAM-SHA-256'])
  const owner = `select pg_get_userbyid(datdba)::text from pg_database where datname = 'spintrack'`
  t.equal(await ask(superuserUrl(), owner), 'spintrack_owner')
  t.equal(await ask(ownerUrl, 'select current_database()::text'), 'spintrack')
  t.equal(await ask(appUrl, 'select current_user::text'), 'spintrack_app')
  t.equal(await ask(reportingUrl, 'select current_user::text'), 'spintrack_reporting')
  await t.rejects(ask(appUrl.replace('spintrack_app', 'postgres'), 'select 1'), { code: '28P01' })
  t.equal(await ask(superuserUrl(), 'show listen_addresses'), '127.0.0.1')
})

t.test('secrets are for the owner of the folder alone', async t => {
  const folder = await emptyFolder(t)
  const { sessionSecret } = await open(t, folder)
  const file = join(folder, 'secrets.json')
  t.equal((await stat(file)).mode & 0o777, 0o600)
  const secrets = Object.values(JSON.parse(await readFile(file, 'utf8')))
  t.equal(new Set(secrets).size, 5)
  t.ok(secrets.includes(sessionSecret))
})

t.test('a start completes what a crash left undone, and what an older build did not make', async t => {
  const folder = await emptyFolder(t)
  const crashed = await open(t, folder)
  await ask(crashed.superuserUrl(), 'drop database spintrack')
  await ask(crashed.superuserUrl(), 'drop role spintrack_app')
  await ask(crashed.superuserUrl(), 'drop role spintrack_reporting')
  await crashed.close()
  // What a first start leaves that is killed while initdb runs; no process has this number.
  const halfMade = join(folder, 'init-4194305-abc')
  await writeFile(halfMade, '')

  const { superuserUrl, ownerUrl, appUrl, reportingUrl, close } = await open(t, folder)
  t.equal(await ask(ownerUrl, 'select 1'), 1)
  t.equal(await ask(appUrl, 'select 1'), 1)
  t.equal(await ask(reportingUrl, 'select 1'), 1)
  const derived = Object.assign(new URL(superuserUrl()), { password: new URL(reportingUrl).password })
  await t.rejects(ask(derived.href, 'select 1'), { code: '28P01' }, 'with a password of its own')
  await close()

  await rm(join(folder, 'postgres'), { recursive: true })
  t.equal((await open(t, folder)).fresh, true)
  await t.rejects(stat(halfMade), { code: 'ENOENT' })
})

t.test('destroying stops a server in use and removes the folder', async t => {
  const folder = await emptyFolder(t)
  const { superuserUrl } = await open(t, folder)
  await destroyEmbedded(folder)
  await t.rejects(ask(superuserUrl(), 'select 1'), { code: 'ECONNREFUSED' })
  await t.rejects(stat(folder), { code: 'ENOENT' })
})
