import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { testCluster } from '@spintrack/database/testing-cluster'
import { createPool, type Pool } from '@spintrack/tenancy/pool'
import type { Blueprint } from '@spintrack/tenancy/provision'
import t from 'tap'
import { blueprint, createApp, deploy } from '../examples/notes/app.ts'

const folder = join(import.meta.dirname, '../examples/notes')
const files = ['app.ts', 'notes.ts', 'workspaces.ts']

t.test('another application keeps notes with the package', async t => {
  const { app, deploy: deployVersion, owner } = await install(t)
  const before: Blueprint = { ...blueprint, migrations: blueprint.migrations.slice(0, 1), hooks: {} }
  await deployVersion(before)
  const old = createApp(app, 1)
  t.teardown(() => old.close())
  const ada = await key(old)
  const { rows } = await owner.query<{ name: string }>("select name from tenants where state = 'ready'")
  await owner.query(`insert into "${rows[0]?.name}".notes (text) values ('three little words')`)

  await deployVersion(blueprint)
  const current = createApp(app)
  t.teardown(() => current.close())
  // The tenants on standby are from before the hook.
  for (let claimed = 0; claimed < 3; claimed++) await key(current)
  await deployVersion(blueprint)
  const ben = await key(current)
  await write(current, ben, 'for Ben alone')
  t.strictSame(await read(current, ada), ['3: three little words'], 'the data step counted')
  t.strictSame(await read(current, ben), ['1: Welcome!', '3: for Ben alone'], 'the hook welcomed')
  const stranger = await current.inject({ url: '/notes', headers: { 'x-key': 'nobody' } })
  t.equal(stranger.statusCode, 401)
})

t.test('it takes fewer than 80 lines, tables included', async t => {
  const lines = files.flatMap(file => readFileSync(join(folder, file), 'utf8').split('\n'))
  const code = lines.filter(line => !/^\s*($|\/\/|\/\*\*|\*)/.test(line))
  t.ok(code.length < 80, `${code.length} lines`)
  t.ok(code.length > 40, 'and they were counted')
})

t.test('the package shows it as it is', async t => {
  const readme = readFileSync(join(import.meta.dirname, '../packages/tenancy/README.md'), 'utf8')
  for (const file of files) t.ok(readme.includes(readFileSync(join(folder, file), 'utf8').trim()), file)
})

type App = ReturnType<typeof createApp>

async function key(app: App): Promise<string> {
  return (await app.inject({ method: 'POST', url: '/workspaces' })).json().key
}

async function write(app: App, key: string, text: string): Promise<void> {
  const response = await app.inject({ method: 'POST', url: '/notes', headers: { 'x-key': key }, payload: { text } })
  if (response.statusCode !== 200) throw new Error(response.payload)
}

async function read(app: App, key: string): Promise<string[]> {
  const response = await app.inject({ url: '/notes', headers: { 'x-key': key } })
  return response.json().map(({ words, text }: { words: number; text: string }) => `${words}: ${text}`)
}

/** A database with the logins that the application expects, dropped with all its roles when the test ends. */
async function install(t: { teardown(work: () => unknown): void }) {
  const cluster = await testCluster()
  t.teardown(() => cluster.close())
  const postgres = createPool({ connectionString: cluster.superuserUrl(), max: 1 })
  t.teardown(() => postgres.end())
  const database = `notes_${randomBytes(6).toString('hex')}`
  await postgres.query("create role notes_owner login createrole password 'notes'")
  await postgres.query("create role notes_app login noinherit password 'notes'")
  await postgres.query(`create database ${database} owner notes_owner`)
  const pool = (user?: string): Pool => {
    const url = new URL(cluster.superuserUrl(database))
    if (user) Object.assign(url, { username: user, password: 'notes' })
    return createPool({ connectionString: url.href })
  }
  const [owner, app, superuser] = [pool('notes_owner'), pool('notes_app'), pool()]
  t.teardown(async () => {
    const { rows } = await owner.query<{ name: string }>('select name from tenants')
    await Promise.all([owner.end(), app.end(), superuser.end()])
    await postgres.query(`drop database ${database} with (force)`)
    for (const { name } of rows) await postgres.query(`drop role "${name}"`)
    await postgres.query('drop role notes_app; drop role notes_owner')
  })
  return { owner, app, deploy: (to: Blueprint) => deploy(owner, superuser, to) }
}
