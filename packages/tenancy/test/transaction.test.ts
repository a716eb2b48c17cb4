import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { DatabaseUnavailable, OutcomeUnknown, TransactionAborted } from '../src/errors.ts'
import { createPool } from '../src/pool.ts'
import { createTenancy } from '../src/tenancy.ts'
import { transaction } from '../src/transaction.ts'
import { type Fate, openProxy } from './support/proxy.ts'
import { addMember, backendOf, memberNames, newTenant, superuser, terminate, twoTenants } from './support/tenants.ts'

const database = await testDatabase(t, { connections: 3 })
const { tenancy, owner } = database
const operator = superuser(t, database)

t.test('an error that was swallowed does not make COMMIT look like success', async t => {
  const a = await newTenant(database)
  const swallowing = tenancy.scope(a, {}, async db => {
    await addMember(db, 'lost')
    await db.execute(sql`select 1 / 0`).catch(() => {})
    return 'stored'
  })
  await t.rejects(swallowing, TransactionAborted)
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
  await tenancy.scope(a, {}, async db => {
    await addMember(db, 'kept')
    await db.transaction(nested => nested.execute(sql`select 1 / 0`)).catch(() => {})
  })
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary, 'kept'], 'unless a savepoint held it')
})

t.test('work that lost against a concurrent update is run again from its start', async t => {
  const a = await newTenant(database)
  let tries = 0
  await tenancy.scope(a, {}, async db => {
    await db.setTransaction({ isolationLevel: 'serializable' })
    const seen = await memberNames(db)
    if (++tries === 1) {
      await tenancy.scope(a, {}, other => other.execute(sql`update members set name = name || '!'`))
    }
    await db.execute(sql`update members set name = ${`${seen[0]}?`}`)
  })
  t.equal(tries, 2)
  t.strictSame(await tenancy.scope(a, {}, memberNames), [`${a.canary}!?`], 'nothing of the first try is left')
})

t.test('a tenant that the connection may not become yet is entered at another try', async t => {
  const a = await newTenant(database)
  const { appLogin } = database.blueprint
  const grant = () => owner.query(`grant "${a.name}" to "${appLogin}"`)
  const tries = { scope: 0, transaction: 0 }
  // As if the server told this connection of the grant only after it was refused.
  await owner.query(`revoke "${a.name}" from "${appLogin}"`)
  const scoped = await tenancy.scope(a, {}, async db => {
    tries.scope++
    return memberNames(db).finally(() => tries.scope === 1 && grant())
  })
  await owner.query(`revoke "${a.name}" from "${appLogin}"`)
  const entered = await tenancy.transaction((_, enter) => {
    tries.transaction++
    return enter(a, memberNames).finally(() => tries.transaction === 1 && grant())
  })
  t.strictSame([scoped, entered], [[a.canary], [a.canary]])
  t.strictSame(tries, { scope: 2, transaction: 2 })
})

t.test('of two transactions in deadlock both succeed', async t => {
  const a = await newTenant(database)
  await tenancy.scope(a, {}, db => addMember(db, 'second'))
  const barrier = meeting(2)
  const tries = [0, 0]
  const lock = (order: string[], who: number) =>
    tenancy.scope(a, {}, async db => {
      tries[who] = (tries[who] ?? 0) + 1
      await db.execute(sql`update members set left_at = now() where name = ${order[0]}`)
      if (tries[who] === 1) await barrier()
      await db.execute(sql`update members set left_at = now() where name = ${order[1]}`)
    })
  await Promise.all([lock([a.canary, 'second'], 0), lock(['second', a.canary], 1)])
  t.strictSame(tries.toSorted(), [1, 2], 'one of them at the second try')
})

t.test('a conflict that does not end is reported as what it is, after four tries', async t => {
  let tries = 0
  const losing = transaction(database.pool, 'begin', async client => {
    tries++
    await client.query({ text: 'select 1' })
    throw Object.assign(new Error('could not serialize'), { code: '40001' })
  })
  await t.rejects(losing, { code: '40001' })
  t.equal(tries, 4)
})

t.test('any other error is not tried again', async t => {
  const a = await newTenant(database)
  let tries = 0
  const failing = tenancy.scope(a, {}, async db => {
    tries++
    await db.execute(sql`select 1 / 0`)
  })
  await t.rejects(failing, { cause: { code: '22012' } })
  t.equal(tries, 1)
})

t.test('a connection that dies on every try is DatabaseUnavailable, and nothing is stored', async t => {
  const a = await newTenant(database)
  let tries = 0
  const unlucky = tenancy.scope(a, {}, async db => {
    tries++
    await addMember(db, 'half')
    await terminate(operator, await backendOf(db))
  })
  await t.rejects(unlucky, OutcomeUnknown, 'found out at COMMIT: nobody can say')
  t.equal(tries, 1)
  const unluckier = tenancy.scope(a, {}, async db => {
    tries++
    await terminate(operator, await backendOf(db))
    await addMember(db, 'half')
  })
  await t.rejects(unluckier, DatabaseUnavailable)
  t.equal(tries, 5)
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
})

t.test('what PostgreSQL refuses only at COMMIT is told as it is', async t => {
  const a = await newTenant(database)
  await owner.query(`alter table "${a.name}".members add unique (name) deferrable initially deferred`)
  await t.rejects(
    tenancy.scope(a, {}, db => addMember(db, a.canary)),
    { code: '23505' },
  )
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
})

const commits: Record<'lose' | 'loseAnswer', { stored: boolean }> = {
  lose: { stored: false },
  loseAnswer: { stored: true },
}

for (const [fate, { stored }] of Object.entries(commits)) {
  t.test(`a connection cut during COMMIT (${fate}) is OutcomeUnknown and never tried again`, async t => {
    const a = await newTenant(database)
    let armed = true
    const proxied = await throughProxy(t, message => {
      if (!armed || !message.includes('commit')) return 'pass'
      armed = false
      return fate as Fate
    })
    let tries = 0
    const writing = proxied.tenancy.scope(a, {}, db => {
      tries++
      return addMember(db, 'once')
    })
    await t.rejects(writing, OutcomeUnknown)
    t.equal(tries, 1)
    await stableCount(a.name)
    t.strictSame(await proxied.tenancy.scope(a, {}, memberNames), stored ? [a.canary, 'once'] : [a.canary])
    t.equal(proxied.pool.totalCount, 1, 'the place in the pool is not lost')
  })
}

t.test('a BEGIN that fails costs a try and not a place in the pool', async t => {
  const a = await newTenant(database)
  let failures = 2
  const proxied = await throughProxy(t, message => (message.includes('begin') && failures-- > 0 ? 'lose' : 'pass'))
  t.strictSame(await proxied.tenancy.scope(a, {}, memberNames), [a.canary])
  failures = Number.POSITIVE_INFINITY
  await t.rejects(proxied.tenancy.scope(a, {}, memberNames), DatabaseUnavailable)
  failures = 0
  t.strictSame(await proxied.tenancy.scope(a, {}, memberNames), [a.canary])
  t.equal(proxied.pool.totalCount, 1)
  t.equal(proxied.pool.waitingCount, 0)
})

t.test('the prologue and the first query travel together', async t => {
  const a = await newTenant(database)
  const messages: string[] = []
  // No answer comes back until the query was seen: were it sent only after the prologue's answer, neither would ever come.
  const proxied = await throughProxy(t, message => {
    messages.push(message)
    return message.includes('begin') && !message.includes('members') ? 'holdAnswer' : 'pass'
  })
  t.strictSame(await proxied.tenancy.scope(a, {}, memberNames), [a.canary])
  t.ok(
    messages.some(message => message.includes('begin') && message.includes('members')),
    'in one packet, so that PostgreSQL is woken once',
  )
})

t.test('a prologue that failed is what is reported', async t => {
  const [gone, b] = await twoTenants(database)
  await operator.query(`drop owned by "${gone.name}"; drop role "${gone.name}"`)
  t.teardown(() => operator.query(`create role "${gone.name}"`))
  await t.rejects(tenancy.scope(gone, {}, memberNames), { code: '22023', message: /role "t_.*" does not exist/ })
  await t.rejects(
    tenancy.scope(gone, {}, async () => 'no query at all'),
    { code: '22023' },
  )
  await t.rejects(
    tenancy.scope(gone, {}, db => memberNames(db).catch(() => [])),
    { code: '22023' },
    'also when the work swallows what it got',
  )
  t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary], 'the next scope is well')
})

/** A pool of one connection and the engine over it, behind a network that fails when told to. */
async function throughProxy(t: { teardown(work: () => unknown): void }, judge: (message: string) => Fate) {
  const pool = createPool({ connectionString: await openProxy(t, database.appUrl, judge), max: 1 })
  t.teardown(() => pool.end())
  return { pool, tenancy: createTenancy(pool) }
}

/** Waits for whoever still writes in a tenant. */
async function stableCount(tenant: string): Promise<void> {
  await owner.query(`begin; lock table "${tenant}".members in access exclusive mode; commit`)
}

/** Nobody goes on before `size` have come. */
function meeting(size: number): () => Promise<void> {
  let open = () => {}
  const all = new Promise<void>(resolve => {
    open = resolve
  })
  let here = 0
  return () => {
    if (++here === size) open()
    return all
  }
}
