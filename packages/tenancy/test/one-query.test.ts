import { setImmediate as turn } from 'node:timers/promises'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { QueryNotAwaited, TransactionAborted } from '../src/errors.ts'
import type { TenantDb } from '../src/handles.ts'
import { createPool } from '../src/pool.ts'
import { createTenancy } from '../src/tenancy.ts'
import { type Fate, openProxy } from './support/proxy.ts'
import { addMember, memberNames, newTenant, twoTenants } from './support/tenants.ts'

const database = await testDatabase(t, { connections: 1 })
const { tenancy } = database
const oneQuery = { readOnly: true, oneQuery: true } as const

async function throughProxy(t: { teardown(work: () => unknown): void }, judge: (message: string) => Fate) {
  const pool = createPool({ connectionString: await openProxy(t, database.appUrl, judge), max: 1 })
  t.teardown(() => pool.end())
  return createTenancy(pool)
}

t.test('the whole transaction is one packet', async t => {
  const a = await newTenant(database)
  const messages: string[] = []
  const proxied = await throughProxy(t, message => {
    messages.push(message)
    return 'pass'
  })
  t.strictSame(await proxied.scope(a, oneQuery, memberNames), [a.canary])
  t.ok(messages.some(message => /begin read only.*members.*commit/s.test(message)))
})

t.test('a second query is refused, at once and in the next turn, and reads nobody’s rows', async t => {
  const [a, b] = await twoTenants(database)
  const second = { cause: { name: 'ScopeClosed' } }
  let late: TenantDb | undefined
  await tenancy.scope(a, oneQuery, async db => {
    late = db
    const first = memberNames(db)
    await t.rejects(memberNames(db), second)
    t.strictSame(await first, [a.canary])
    await turn()
    await t.rejects(memberNames(db), second)
    await t.rejects(
      db.transaction(nested => memberNames(nested as TenantDb)),
      second,
    )
  })
  await tenancy.scope(b, {}, async db => {
    await t.rejects(memberNames(late as TenantDb), second)
    t.strictSame(await memberNames(db), [b.canary])
  })
})

t.test('a query that fails says why, and the connection is used again', async t => {
  const a = await newTenant(database)
  await t.rejects(
    tenancy.scope(a, oneQuery, db => db.execute(sql`select 1 / 0`)),
    { cause: { code: '22012' } },
  )
  await t.rejects(
    tenancy.scope(a, oneQuery, db => addMember(db, 'x')),
    { cause: { code: '25006' } },
  )
  t.strictSame(await tenancy.scope(a, oneQuery, memberNames), [a.canary])
  t.equal(database.pool.totalCount, 1)
})

t.test('an error that was swallowed is TransactionAborted, a query that nobody awaits QueryNotAwaited', async t => {
  const a = await newTenant(database)
  const swallowing = tenancy.scope(a, oneQuery, db => db.execute(sql`select 1 / 0`).catch(() => 'fine'))
  await t.rejects(swallowing, TransactionAborted)
  const forgetting = tenancy.scope(a, oneQuery, async db => {
    memberNames(db).catch(() => {})
  })
  await t.rejects(forgetting, QueryNotAwaited)
  t.strictSame(await tenancy.scope(a, oneQuery, memberNames), [a.canary])
})

t.test('a prologue that fails is what is reported', async t => {
  await t.rejects(tenancy.scope({ name: 't_0123456789ab' }, oneQuery, memberNames), { code: '22023' })
})

t.test('work without a query, or with a thought before it, commits as always', async t => {
  const a = await newTenant(database)
  t.equal(await tenancy.scope(a, oneQuery, async () => 'nothing'), 'nothing')
  const slow = tenancy.scope(a, oneQuery, async db => {
    await turn()
    return memberNames(db)
  })
  t.strictSame(await slow, [a.canary])
})

t.test('a connection that is lost under way is tried again', async t => {
  const a = await newTenant(database)
  let tries = 0
  const proxied = await throughProxy(t, message => {
    if (!message.includes('members')) return 'pass'
    tries++
    return tries === 1 ? 'loseAnswer' : 'pass'
  })
  t.strictSame(await proxied.scope(a, oneQuery, memberNames), [a.canary])
  t.equal(tries, 2)
})
