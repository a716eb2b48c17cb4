import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { chooseTargets, execute, type Turn } from '../src/exec.ts'
import { openScript } from '../src/script.ts'
import { launch, run } from './support/command.ts'
import { newCompanies } from './support/companies.ts'

const database = await testDatabase(t, { connections: 3 })
const { owner, tenancy } = database
const tenants = await newCompanies(database, ['acme', 'bolt', 'cube'])
const folder = t.testdir()
let files = 0

/** A file with this text. */
async function file(text: string, ending = '.sql'): Promise<string> {
  const path = join(folder, `script-${files++}${ending}`)
  await writeFile(path, text)
  return path
}

type Run = { slugs?: string[]; write?: boolean; workers?: number; ending?: string }

/** What a file with this text gives in each company, by slug: JSON, or the error. */
async function exec(text: string, { slugs = ['acme'], write = false, workers = 2, ending = '.sql' }: Run = {}) {
  const turns: Turn[] = []
  const script = await openScript(await file(text, ending))
  const targets = await chooseTargets(tenancy.control, slugs)
  const { signal } = new AbortController()
  await execute(tenancy, targets, script, { write, workers, signal, onTurn: turn => turns.push(turn) })
  return Object.fromEntries(turns.map(({ company, result, error }) => [company.slug, result?.json ?? error]))
}

t.test('statements run in each company, one after the other, and see its rows alone', async t => {
  const found = await exec(
    `set local statement_timeout to '2s';
     select current_schema()::text as schema, count(*)::int as members, 'a;b' as text, $$;$$ as dollar from members; -- ;`,
    { slugs: ['acme', 'bolt'] },
  )
  for (const slug of ['acme', 'bolt']) {
    t.match(found[slug], [
      { command: 'SET', rows: [] },
      { command: 'SELECT', count: 1, rows: [{ schema: tenants[slug], members: 1, text: 'a;b', dollar: ';' }] },
    ])
  }
})

t.test('nothing is written without --write', async t => {
  const rename = `update members set name = 'Written'`
  t.match((await exec(rename)).acme, {
    name: 'StatementFailed',
    message: /^line 1: .*read-only/,
    cause: { cause: { code: '25006' } },
  })
  t.strictSame(await names('acme'), ['Ida'])
  t.match((await exec(`${rename};\nselect 1`, { write: true })).acme, [
    { command: 'UPDATE', count: 1 },
    { command: 'SELECT' },
  ])
  t.strictSame(await names('acme'), ['Written'])
  t.strictSame(await names('bolt'), ['Ida'])
})

t.test('a file is stored as a whole or not at all', async t => {
  const { cube } = await exec(`update members set name = 'Half';\n\nselect 1/0;`, { slugs: ['cube'], write: true })
  t.match(cube, { message: 'line 3: division by zero' })
  t.strictSame(await names('cube'), ['Ida'])
})

t.test('another company, the control tables and the making of tables are refused by PostgreSQL', async t => {
  const refused = (text: string) => exec(text, { write: true })
  t.match((await refused(`select * from "${tenants.bolt}".members`)).acme, { cause: { cause: { code: '42501' } } })
  t.match((await refused('select * from public.users')).acme, { cause: { cause: { code: '42501' } } })
  t.match((await refused('create table own ()')).acme, { cause: { cause: { code: '42501' } } })
})

t.test('one company that fails stops no other', async t => {
  await owner.query(`alter table "${tenants.bolt}".spins rename to gone`)
  const found = await exec('select count(*)::int from spins', { slugs: ['acme', 'bolt', 'cube'] })
  await owner.query(`alter table "${tenants.bolt}".gone rename to spins`)
  t.match(found, {
    acme: [{ rows: [{ count: 0 }] }],
    bolt: { message: /relation "spins" does not exist/ },
    cube: [{ rows: [{ count: 0 }] }],
  })
})

t.test('a function gets the scope and the company, and gives rows or anything else', async t => {
  const found = await exec(
    `type Db = { execute(text: string): Promise<{ rows: object[] }> }
     export default async (db: Db, { company }: { company: { slug: string } }) => {
       const { rows } = await db.execute('select count(*)::int as members from members')
       return { slug: company.slug, rows }
     }`,
    { slugs: ['acme', 'bolt'], ending: '.ts' },
  )
  t.strictSame(found, {
    acme: { slug: 'acme', rows: [{ members: 1 }] },
    bolt: { slug: 'bolt', rows: [{ members: 1 }] },
  })
  const writing = await exec(`export default db => db.execute("delete from spins")`, { ending: '.mjs' })
  t.match(writing.acme, { cause: { code: '25006' } })
})

t.test('a function may lie outside of any package', async t => {
  const anywhere = await mkdtemp(join(tmpdir(), 'script-'))
  t.teardown(() => rm(anywhere, { recursive: true }))
  const path = join(anywhere, 'slug.ts')
  await writeFile(
    path,
    'export default async (_db: unknown, { company }: { company: { slug: string } }) => company.slug',
  )
  const env = { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl }
  t.match(await run(['exec', path, '--company', 'acme', '--json'], env), { code: 0, out: /"acme"\}\n$/ })
})

t.test('what is no script is refused before anything runs', async t => {
  await t.rejects(openScript(await file('x', '.txt')), {
    name: 'CommandError',
    message: /Expected a \.sql, \.ts or \.js file/,
  })
  await t.rejects(openScript(join(folder, 'none.sql')), { name: 'CommandError', message: /got ENOENT/ })
  await t.rejects(openScript(join(folder, 'none.ts')), { name: 'CommandError', message: /got ENOENT/ })
  await t.rejects(openScript(await file('export default 7', '.mjs')), { message: /export a function, got number/ })
  await t.rejects(openScript(await file('select 1;\ncommit')), { name: 'CommandError', message: /^Line 2.*COMMIT/ })
})

t.test('all are those that are ready; others take part when they are named', async t => {
  const slugs = async (chosen: string[] | 'all') =>
    (await chooseTargets(tenancy.control, chosen)).map(({ slug }) => slug)
  await state('acme', 'suspended')
  await state('bolt', 'archived')
  t.strictSame(await slugs('all'), ['cube'])
  t.strictSame(await slugs(['bolt', 'acme', 'bolt']), ['bolt', 'acme'])
  t.match(await exec('select 1', { slugs: ['acme', 'bolt'] }), { acme: [{}], bolt: [{}] })
  await state('cube', 'purging')
  await t.rejects(slugs(['acme', 'cube']), { name: 'CommandError', message: /cube is purging/ })
  await t.rejects(slugs(['nobody']), { code: 'company_not_found' })
  for (const slug of ['acme', 'bolt', 'cube']) await state(slug, 'ready')
})

t.test('no more companies run at a time than there are workers, and none begins once stopped', async t => {
  const targets = await chooseTargets(tenancy.control, 'all')
  const ended: string[] = []
  let most = 0
  let running = 0
  const controller = new AbortController()
  const script = async () => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
    return { json: 1, text: () => '' }
  }
  const onTurn = ({ company }: Turn) => {
    ended.push(company.slug)
    if (ended.length === 1) controller.abort()
  }
  await execute(tenancy, targets, script, { write: false, workers: 2, signal: controller.signal, onTurn })
  t.equal(most, 2)
  t.strictSame(ended.toSorted(), ['acme', 'bolt'], 'the one that ran still ended, the third never began')
})

const env = { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl }

t.test('from the terminal: tables or lines of JSON, progress beside them', async t => {
  const select = await file(
    `select name, null as nothing, '{"a": 1}'::jsonb as json from members;\ndelete from spins where false;`,
  )
  const value = await file(
    'export default async (db, { company }) => company.slug === "acme" ? 12n : undefined',
    '.mjs',
  )
  const [table, json, refused, both] = await Promise.all([
    run(['exec', select, '--company', 'bolt', '--write'], env),
    run(['exec', value, '--all', '--json', '--workers', '1'], env),
    run(['exec', select, '--all', '--json'], env),
    run(['exec', select, '--all', '--company', 'bolt'], env),
  ])
  t.match(table, {
    code: 0,
    out: 'bolt\n  name  nothing  json\n  Ida            {"a":1}\n  DELETE 0\n\n',
    err: /^\[1\/1\] bolt \d+ ms\n1 done, 0 failed\.\n$/,
  })
  t.strictSame(lines(json.out), [
    { company: 'acme', result: '12' },
    { company: 'bolt', result: null },
    { company: 'cube', result: null },
  ])
  t.match(refused, { code: 1, err: /acme failed: line 2: .*give --write[\s\S]*0 done, 3 failed/ })
  t.match(lines(refused.out)[0], { error: /read-only/ })
  t.match(both, { code: 1, err: /Name companies with --company, or say --all/ })
})

t.test('Ctrl-C lets what runs end and begins nothing more', async t => {
  const slow = await file(
    `set local lock_timeout to 0; set local statement_timeout to 0; select pg_advisory_xact_lock(4711)`,
  )
  const lock = await owner.connect()
  t.teardown(() => lock.release(true))
  await lock.query('select pg_advisory_lock(4711)')
  const child = launch(['exec', slow, '--all', '--workers', '1'], env)
  t.teardown(() => child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  let said = ''
  child.stdout.resume()
  child.stderr.on('data', data => {
    said += data
    // Once it has said that it stops, what runs may end.
    if (/Stopping/.test(said)) lock.query('select pg_advisory_unlock(4711)').catch(() => {})
  })
  await waiting()
  child.kill('SIGINT')
  t.strictSame(await exit, [1, null])
  t.match(said, /\[1\/3\] acme \d+ ms\n1 done, 0 failed, 2 not begun\.\n$/)
})

/** Resolves once the script waits for the test's lock. */
async function waiting(): Promise<void> {
  let waits = 0
  while (waits === 0) {
    const { rowCount } = await owner.query(
      `select from pg_locks where locktype = 'advisory' and objid = 4711 and not granted
       and database = (select oid from pg_database where datname = current_database())`,
    )
    waits = Number(rowCount)
  }
}

async function names(slug: string): Promise<string[]> {
  return (await owner.query(`select name from "${tenants[slug]}".members`)).rows.map(({ name }) => name)
}

function state(slug: string, state: string) {
  return owner.query('update tenants set state = $2 where name = $1', [tenants[slug], state])
}

function lines(out: string): unknown[] {
  return out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}
