import { setImmediate as turn } from 'node:timers/promises'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { QueryNotAwaited } from '../src/errors.ts'
import type { TenantDb } from '../src/handles.ts'
import { addMember, memberNames, twoTenants } from './support/tenants.ts'

// One connection, so that every tenant gets the one that the tenant before it had.
const database = await testDatabase(t, { connections: 1 })
const { tenancy, owner } = database

/** Ways to keep hold of a database handle. Each returns a query that somebody may run too late. */
const handles: Record<string, (db: TenantDb) => Promise<() => Promise<unknown>>> = {
  'a query': async db => () => memberNames(db),
  'a query of a savepoint': async db => db.transaction(async nested => () => memberNames(nested)),
  'a prepared query': async db => {
    const prepared = db.select({ name: sql`name` }).from(sql`members`).prepare('late')
    return () => prepared.execute()
  },
  'a savepoint': async db => () => db.transaction(nested => memberNames(nested as TenantDb)),
  'a write': async db => () => addMember(db, 'too late'),
}

for (const [what, keep] of Object.entries(handles)) {
  t.test(`${what} that comes after its scope failed does not reach the tenant that has the connection now`, async t => {
    const [a, b] = await twoTenants(database)
    let late = async (): Promise<unknown> => undefined
    const failing = tenancy.scope(a, {}, async db => {
      late = await keep(db)
      await t.resolves(late(), 'in time it runs')
      await db.execute(sql`select 1 / 0`)
    })
    await t.rejects(failing, { cause: { code: '22012' } })

    const seen = await tenancy.scope(b, {}, async db => {
      await t.rejects(late(), { cause: { name: 'ScopeClosed' } })
      return memberNames(db)
    })
    t.strictSame(seen, [b.canary])
    t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
  })
}

t.test('work that goes on after Promise.all gave up never sees another tenant', async t => {
  const [a, b] = await twoTenants(database)
  const answers: Promise<string[]>[] = []
  for (let round = 0; round < 20; round++) {
    let wake = () => {}
    const later = new Promise<void>(resolve => {
      wake = resolve
    })
    const failing = tenancy.scope(a, {}, async db => {
      const slow = later.then(() => memberNames(db))
      answers.push(slow)
      slow.catch(() => {})
      await Promise.all([slow, db.execute(sql`select 1 / 0`)])
    })
    await t.rejects(failing, { cause: { code: '22012' } })
    await tenancy.scope(b, {}, async db => {
      wake()
      t.strictSame(await memberNames(db), [b.canary])
    })
  }
  for (const { status } of await Promise.allSettled(answers)) t.equal(status, 'rejected')
})

t.test('a scope that returns while its query runs is rolled back and says so', async t => {
  const [a] = await twoTenants(database)
  let running: Promise<unknown> | undefined
  const returning = tenancy.scope(a, {}, async db => {
    await addMember(db, 'written and awaited')
    running = db.execute(sql`insert into members select gen_random_uuid(), 'not awaited' from pg_sleep(0.05)`).then()
    await turn()
  })
  await t.rejects(returning, QueryNotAwaited)
  await t.resolves(running as Promise<unknown>, 'the query ends before the connection is given back')
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
})

t.test('a query begun in the last moment of a scope is not forgotten either', async t => {
  const [a] = await twoTenants(database)
  let begun: Promise<unknown> | undefined
  const returning = tenancy.scope(a, {}, async db => {
    begun = addMember(db, 'begun').then()
    begun.catch(() => {})
  })
  await t.rejects(returning, QueryNotAwaited)
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
})

t.test('a failing scope waits for its queries before the next tenant gets the connection', async t => {
  const [a, b] = await twoTenants(database)
  const order: string[] = []
  const failing = tenancy.scope(a, {}, async db => {
    db.execute(sql`select pg_sleep(0.05)`).then(() => order.push('query of a ended'))
    await turn()
    throw new Error('on purpose')
  })
  const next = tenancy.scope(b, {}, async db => {
    order.push('scope of b began')
    return memberNames(db)
  })
  await t.rejects(failing, { message: 'on purpose' })
  t.strictSame(await next, [b.canary])
  t.strictSame(order, ['query of a ended', 'scope of b began'])
})

t.test('one statement prepared under one name serves tenants whose tables differ', async t => {
  const [a, b] = await twoTenants(database)
  await owner.query(`alter table "${b.name}".members alter column name type varchar(100)`)
  const read = (db: TenantDb) =>
    db.select({ name: sql<string>`name` }).from(sql`members`).prepare('members_by_name').execute()
  for (const tenant of [a, b, a, b]) {
    t.strictSame(await tenancy.scope(tenant, {}, read), [{ name: tenant.canary }])
  }
  const prepared = await tenancy.scope(a, {}, db => db.execute(sql`select name from pg_prepared_statements`))
  t.strictSame(prepared.rows, [], 'nothing stays prepared on the connection')
})
