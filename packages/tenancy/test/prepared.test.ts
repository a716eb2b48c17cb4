import { members } from '@spintrack/database/tenant/members'
import { testDatabase } from '@spintrack/database/testing'
import { asc, eq, sql } from 'drizzle-orm'
import t from 'tap'
import { ScopeClosed } from '../src/errors.ts'
import type { TenantDb } from '../src/handles.ts'
import { type Holes, prepared } from '../src/prepared.ts'
import { addMember, twoTenants } from './support/tenants.ts'

const database = await testDatabase(t, { connections: 1 })
const { tenancy } = database

type Filter = { name?: string | undefined; limit: number }

/** A query by name, or of all names, and how often it was built. */
function counted() {
  const count = { built: 0 }
  const list = prepared((db, { name, limit }: Holes<Filter>) => {
    count.built++
    return db
      .select({ name: members.name })
      .from(members)
      .where(name ? eq(members.name, name) : undefined)
      .orderBy(asc(members.name))
      .limit(limit)
  })
  return { count, names: async (db: TenantDb, values: Filter) => (await list(db, values)).map(row => row.name) }
}

t.test('one query serves every tenant, each with its own rows', async t => {
  const [a, b] = await twoTenants(database)
  const { count, names } = counted()
  for (const { canary, ...tenant } of [a, b, a]) {
    t.strictSame(await tenancy.scope(tenant, {}, db => names(db, { limit: 9 })), [canary])
  }
  t.equal(count.built, 1)
})

t.test('another choice of values is another query, other values are not', async t => {
  const [a, b] = await twoTenants(database)
  const { count, names } = counted()
  await tenancy.scope(a, {}, async db => {
    await addMember(db, 'zoe')
    t.strictSame(await names(db, { limit: 9 }), [a.canary, 'zoe'])
    t.strictSame(await names(db, { limit: 1 }), [a.canary])
    t.strictSame(await names(db, { limit: 9, name: undefined }), [a.canary, 'zoe'])
    t.strictSame(await names(db, { limit: 9, name: 'zoe' }), ['zoe'])
    t.strictSame(await names(db, { limit: 9, name: "'; drop table members --" }), [])
  })
  t.equal(count.built, 2)
  t.strictSame(await tenancy.scope(b, {}, db => names(db, { limit: 9, name: 'zoe' })), [])
})

t.test('it refuses a scope that has ended, whoever has the connection now', async t => {
  const [a, b] = await twoTenants(database)
  const { names } = counted()
  let late: TenantDb | undefined
  await tenancy.scope(a, {}, async db => {
    late = db
    await names(db, { limit: 9 })
  })
  await tenancy.scope(b, {}, async db => {
    await t.rejects(names(late as TenantDb, { limit: 9 }), { cause: { name: ScopeClosed.name } })
    t.strictSame(await names(db, { limit: 9 }), [b.canary])
  })
})

t.test('a savepoint runs it inside itself', async t => {
  const [a] = await twoTenants(database)
  const { names } = counted()
  const seen = await tenancy.scope(a, {}, async db => {
    const undone = db.transaction(async nested => {
      await nested.execute(sql`delete from members`).catch(() => {})
      throw new Error('undo')
    })
    await t.rejects(undone, { message: 'undo' })
    return db.transaction(nested => names(nested as TenantDb, { limit: 9 }))
  })
  t.strictSame(seen, [a.canary])
})

t.test('nothing stays prepared on the connection', async t => {
  const [a] = await twoTenants(database)
  const { names } = counted()
  const { rows } = await tenancy.scope(a, {}, async db => {
    await names(db, { limit: 9 })
    return db.execute(sql`select name from pg_prepared_statements`)
  })
  t.strictSame(rows, [])
})
