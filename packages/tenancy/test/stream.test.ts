import { text } from 'node:stream/consumers'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { collectRows } from '../src/snapshot.ts'
import { addMember, backendOf, memberNames, superuser, terminate, twoTenants } from './support/tenants.ts'

const database = await testDatabase(t, { connections: 1 })
const { tenancy } = database
const operator = superuser(t, database)
const [a, b] = await twoTenants(database)
const stream = { stream: true } as const

t.afterEach(async () => {
  const { rows } = await operator.query(
    'select from pg_stat_activity where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()',
  )
  if (rows.length > 0) throw new Error(`${rows.length} transactions are left open`)
})

t.test('a stream writes in one transaction, as its tenant, while the pool serves others', async t => {
  await tenancy
    .scope(a, stream, async db => {
      await addMember(db, 'first')
      t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary], 'the one connection of the pool is free')
      t.notOk((await tenancy.scope(a, {}, memberNames)).includes('first'), 'nobody sees it before it is all there')
      await addMember(db, 'second')
      await t.rejects(db.execute(sql.raw(`select from "${b.name}".members`)), { cause: { code: '42501' } })
      throw new Error('taken back')
    })
    .catch(error => t.equal(error.message, 'taken back'))
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary], 'and nothing when it fails')
  await tenancy.scope(a, stream, db => addMember(db, 'third'))
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary, 'third'])
})

t.test(
  'a stream may take as long as it likes between two pieces of a minute, and a statement what it needs',
  async t => {
    const limits = await tenancy.scope(a, stream, async db => {
      const { rows } = await db.execute(sql`
      select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
        current_setting('idle_in_transaction_session_timeout') as idle`)
      return rows
    })
    t.strictSame(limits, [{ statement: '0', lock: '10s', idle: '1min' }])
  },
)

t.test('a control transaction can be a stream too, and what it does in a tenant is stored with it', async t => {
  const write = (end: () => void) =>
    tenancy.transaction(async (db, enter) => {
      const { rows } = await db.execute(sql`select current_setting('idle_in_transaction_session_timeout') as idle`)
      t.strictSame(rows, [{ idle: '1min' }])
      await enter(b, inside => addMember(inside, 'z sent'))
      t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary], 'the one connection of the pool is free')
      end()
    }, stream)
  await t.rejects(
    write(() => {
      throw new Error('taken back')
    }),
    { message: 'taken back' },
  )
  await write(() => {})
  t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary, 'z sent'])
})

t.test('a stream that loses its connection is not begun again', async t => {
  let times = 0
  await t.rejects(
    tenancy.scope(a, stream, async db => {
      times++
      await terminate(operator, await backendOf(db))
      await addMember(db, 'lost')
    }),
    { name: 'DatabaseUnavailable' },
  )
  t.equal(times, 1)
  t.notOk((await tenancy.scope(a, {}, memberNames)).includes('lost'))
})

t.test('what COPY sends can be taken as it comes, or made over row by row', async t => {
  const copied = await tenancy.snapshot(
    a,
    async () => {},
    view =>
      text(view.copy(`copy (select n, repeat('x', 1000) from generate_series(1, 1000) n) to stdout`, collectRows())),
  )
  const lines = copied.split('\n')
  t.strictSame([lines.length, lines[999]], [1001, `1000\t${'x'.repeat(1000)}`])

  // Longer than there is room for at first.
  const twice = collectRows((row, room, at) => row.copy(room, at) + row.copy(room, at + row.length) + at, 1 << 20)
  const doubled = await tenancy.snapshot(
    a,
    async () => {},
    view => text(view.copy(`copy (values (1), (2)) to stdout`, twice)),
  )
  t.equal(doubled, '1\n1\n2\n2\n')
})
