import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { notifyOnCommit } from '../src/notices.ts'
import { createPool } from '../src/pool.ts'
import { createTenancy } from '../src/tenancy.ts'

const { owner, tenancy } = await testDatabase(t)
const { rows } = await owner.query<{ name: string }>('select name from tenants limit 1')
const tenant = { name: rows[0]?.name ?? '' }
const channel = 'test_notices'

t.test('what a transaction wants told is told once it has committed, in every kind of transaction', async t => {
  const { next } = await ear(t)
  await tenancy.scope(tenant, {}, async db => notifyOnCommit(db, channel, 'in a scope'))
  t.equal(await next(), 'in a scope')
  await tenancy.transaction(async db => notifyOnCommit(db, channel, 'over the control tables'))
  t.equal(await next(), 'over the control tables')
  await tenancy.transaction((_, enter) => enter(tenant, async db => notifyOnCommit(db, channel, 'within both')))
  t.equal(await next(), 'within both')
})

t.test('what was rolled back is not told, nor what a lost try wanted', async t => {
  const { next } = await ear(t)
  const failing = tenancy.scope(tenant, {}, async db => {
    notifyOnCommit(db, channel, 'rolled back')
    await db.execute(sql`select 1 / 0`)
  })
  await t.rejects(failing)
  let tries = 0
  await tenancy.scope(tenant, {}, async db => {
    tries++
    notifyOnCommit(db, channel, `try ${tries}`)
    if (tries === 1) throw Object.assign(new Error('lost against another'), { code: '40001' })
  })
  t.equal(await next(), 'try 2')
})

t.test('it is told after the commit, so that whoever hears it finds what was written', async t => {
  const { next } = await ear(t)
  const id = '0197aaaa-0000-7000-8000-000000000001'
  const writing = tenancy.scope(tenant, {}, async db => {
    await db.execute(sql`insert into members (id, name) values (${id}, 'Ada')`)
    notifyOnCommit(db, channel, id)
  })
  t.equal(await next(), id)
  const found = await owner.query(`select from "${tenant.name}".members where id = $1`, [id])
  t.equal(found.rowCount, 1)
  await writing
})

t.test('what is told again and again in a moment is told once, quotes and all', async t => {
  const { next, heard } = await ear(t)
  const word = `it's "quoted" \\ and ; more`
  await Promise.all(
    Array.from({ length: 20 }, () => tenancy.scope(tenant, {}, async db => notifyOnCommit(db, channel, word))),
  )
  await tenancy.scope(tenant, {}, async db => notifyOnCommit(db, channel, 'last'))
  let last = await next()
  while (last !== 'last') {
    t.equal(last, word)
    last = await next()
  }
  t.ok(heard() < 15, `${heard()} words for 21`)
})

t.test('that nothing can be told fails nobody', async t => {
  const pool = createPool({ connectionString: (await testDatabase(t)).appUrl, max: 1 })
  const other = createTenancy(pool)
  const done = other.scope(tenant, {}, async db => notifyOnCommit(db, channel, 'nobody is there'))
  await done
  await pool.end()
  t.pass('the word is lost with the pool')
})

/** Whoever hears the channel, until the test ends. */
async function ear(t: Test) {
  const words: string[] = []
  let count = 0
  let wake = () => {}
  await new Promise<void>(connected => {
    const hearing = tenancy.hear(channel, {
      connected,
      heard(payload) {
        count++
        words.push(payload)
        wake()
      },
    })
    t.teardown(() => hearing.stop())
  })
  return {
    heard: () => count,
    async next(): Promise<string> {
      while (words.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      return words.shift() ?? ''
    },
  }
}
