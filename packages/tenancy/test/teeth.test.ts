import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import type pg from 'pg'
import t from 'tap'
import { release } from '../src/connection.ts'
import { errorCode, isConnectionLost, OutcomeUnknown, rootCause } from '../src/errors.ts'
import { extended } from '../src/guard.ts'
import { type ControlTransaction, handle, type Queryable, type TenantDb } from '../src/handles.ts'
import { createPool } from '../src/pool.ts'
import { createTenancy, type Enter, type Tenancy, type Tenant } from '../src/tenancy.ts'
import { transaction } from '../src/transaction.ts'
import { newLogin } from './support/logins.ts'
import { start } from './support/process.ts'
import { openProxy } from './support/proxy.ts'
import { addMember, memberNames, newTenant, type Seeded, superuser, twoTenants } from './support/tenants.ts'

// Every defence is taken away once, to see the attack succeed: so the tests that expect it to fail could fail.

// One connection, so that each tenant gets the one the other had.
const database = await testDatabase(t, { connections: 1 })
const { pool, owner } = database
const operator = superuser(t, database)

/** What an attack is run against: a scope, and little else. */
type Scope = <T>(tenant: Tenant, work: (db: TenantDb) => Promise<T>) => Promise<T>

const real: Scope = (tenant, work) => createTenancy(pool).scope(tenant, {}, work)

type Tooth = {
  /** What is taken away. */
  defence: string
  /** The attack against the engine as it is. Answers what it got, or the code or name of the error. */
  with: () => Promise<unknown>
  /** The same attack without the defence. */
  without: () => Promise<unknown>
  prevented: unknown
  harm: unknown
}

const [a, b] = await twoTenants(database)

const teeth: Tooth[] = [
  {
    defence: 'the guard, which shuts a handle with its scope',
    with: () => lateQuery(real),
    without: () =>
      lateQuery(scopeOver(client => ({ query: (config, values) => client.query(extended(config, values)) }))),
    prevented: 'ScopeClosed',
    harm: [b.canary],
  },
  {
    defence: 'the extended protocol, which takes one statement at a time',
    with: () => stackedStatements(real),
    without: () =>
      stackedStatements(scopeOver(client => ({ query: (config, values) => client.query(config, values) }))),
    prevented: '42601',
    harm: [b.canary],
  },
  {
    defence: 'names taken off prepared statements',
    with: () => namedStatement(real),
    without: () => namedStatement(scopeOver(client => ({ query: (config, values) => client.query(config, values) }))),
    prevented: [a.canary, b.canary],
    harm: '0A000',
  },
  {
    defence: 'SET LOCAL, which ends with the transaction',
    with: () => queryAfterScope(real),
    without: () => queryAfterScope(scopeAfter(({ name }) => `begin; set role "${name}"; set search_path to "${name}"`)),
    prevented: '42P01',
    harm: [a.canary],
  },
  {
    defence: 'pg_temp at the end of the path',
    with: () => shadow(real),
    without: () =>
      shadow(scopeAfter(({ name }) => `begin; set local role "${name}"; set local search_path to "${name}"`)),
    prevented: [b.canary],
    harm: ['planted by a'],
  },
  {
    defence: 'REVOKE TEMPORARY',
    with: () => outcome(real(a, db => db.execute(sql`create temporary table kept as select 'by a' as name`))),
    without: () =>
      granting(`temporary on database "${databaseName()}"`, async () => {
        await real(a, db => db.execute(sql`create temporary table kept as select 'by a' as name`))
        await real(a, db => db.execute(sql`grant select on kept to public`))
        return real(b, async db => (await db.execute(sql`select name from pg_temp.kept`)).rows)
      }),
    prevented: '42501',
    harm: [{ name: 'by a' }],
  },
  {
    defence: 'REVOKE EXECUTE on functions that set settings and run text',
    with: () => becomingWithinAStatement(),
    without: () =>
      granting('execute on function set_config(text, text, boolean)', () =>
        granting('execute on function query_to_xml(text, boolean, boolean, text)', becomingWithinAStatement),
      ),
    prevented: '42501',
    harm: true,
  },
  {
    defence: 'REVOKE USAGE on plpgsql',
    with: () => outcome(real(a, db => db.execute(sql.raw(`do 'begin set local role "${b.name}"; end'`)))),
    without: () =>
      granting('usage on language plpgsql', () =>
        real(a, async db => {
          await db.execute(sql.raw(`do 'begin set local role "${b.name}"; end'`))
          return (await db.execute(sql.raw(`select name from "${b.name}".members`))).rows
        }),
      ),
    prevented: '42501',
    harm: [{ name: b.canary }],
  },
  {
    defence: 'NOINHERIT on the app login',
    with: () => queryAsLogin('noinherit'),
    without: () => queryAsLogin('inherit'),
    prevented: '42501',
    harm: [{ name: a.canary }],
  },
  {
    defence: 'the check of names',
    with: () => oddName(real),
    without: () =>
      oddName(scopeAfter(({ name }) => `begin; set local role "${name}"; set local search_path to "${name}"`)),
    prevented: /^Not a tenant name/,
    harm: [b.canary],
  },
  {
    defence: 'the status that is asked for on release',
    with: () => halfTransaction(release),
    without: () => halfTransaction(client => client.release()),
    prevented: [],
    harm: ['half'],
  },
  {
    defence: 'the look at what COMMIT answered',
    with: () => swallowedError(real),
    without: () => swallowedError((tenant, work) => bareTransaction(tenant, client => work(handle(client)))),
    prevented: 'TransactionAborted',
    harm: 'looks stored, is not',
  },
  {
    defence: 'the prologue error instead of what follows from it',
    with: () => outcome(real({ name: 't_nobodyofall0' }, memberNames)),
    without: () =>
      outcome(bareTransaction({ name: 't_nobodyofall0' }, client => memberNames(handle<TenantDb>(client)))),
    prevented: '22023',
    harm: '25P02',
  },
  {
    defence: 'never running again what may be committed',
    with: () => answerOfCommitLost(work => work()),
    without: () =>
      answerOfCommitLost(work =>
        work().catch(error =>
          isConnectionLost(error) || error instanceof OutcomeUnknown ? work() : Promise.reject(error),
        ),
      ),
    prevented: 1,
    harm: 2,
  },
  {
    defence: 'the loan of the connection to one tenant at a time',
    with: () => twoEntries(createTenancy(pool).transaction),
    without: () => twoEntries(transactionWithoutLoans),
    prevented: 'ScopeClosed',
    harm: [[b.canary], [b.canary]],
  },
  {
    defence: 'the error listener on each connection',
    with: () => terminatedProcess('real'),
    without: () => terminatedProcess('bare'),
    prevented: { code: 0, said: 'alive' },
    harm: { code: 1, said: '' },
  },
]

for (const tooth of teeth) {
  t.test(`without ${tooth.defence} the attack succeeds`, async t => {
    const compare = tooth.prevented instanceof RegExp ? t.match : t.strictSame
    compare(await tooth.with(), tooth.prevented, 'with it, it does not')
    t.strictSame(await tooth.without(), tooth.harm, 'without it, it does')
  })
}

// The attacks.

async function lateQuery(scope: Scope) {
  let wake = () => {}
  const later = new Promise<void>(resolve => {
    wake = resolve
  })
  let late: Promise<string[]> | undefined
  const failing = scope(a, async db => {
    late = later.then(() => memberNames(db))
    await Promise.all([late, db.execute(sql`select 1 / 0`)])
  })
  await outcome(failing)
  return scope(b, () => {
    wake()
    return outcome(late as Promise<string[]>)
  })
}

async function stackedStatements(scope: Scope) {
  const injected = `x'; set local role "${b.name}"; select name from "${b.name}".members where name <> '`
  return outcome(
    scope(a, async db => {
      const results = await db.execute(sql.raw(`select name from members where name = '${injected}'`))
      return (results as unknown as pg.QueryResult[]).at(-1)?.rows.map(row => row.name)
    }),
  )
}

async function namedStatement(scope: Scope) {
  await operator.query(`alter table "${b.name}".members alter column name type varchar(99)`)
  const read = (db: TenantDb) => db.select({ name: sql`name` }).from(sql`members`).prepare('read').execute()
  return outcome(
    (async () => {
      const seen = [...(await scope(a, read)), ...(await scope(b, read))]
      return seen.map(({ name }) => name)
    })(),
  )
}

async function queryAfterScope(scope: Scope) {
  await scope(a, memberNames)
  const got = await outcome(pool.query('select name from members').then(({ rows }) => rows.map(row => row.name)))
  await pool.query('reset role; reset search_path')
  return got
}

/** With the right to make temporary tables, which is another defence. */
function shadow(scope: Scope) {
  return granting(`temporary on database "${databaseName()}"`, async () => {
    await scope(a, async db => {
      await db.execute(sql`create temporary table members as select 'planted by a' as name`)
      await db.execute(sql`grant select on pg_temp.members to public`)
    })
    const seen = await scope(b, memberNames)
    await scope(a, db => db.execute(sql`drop table pg_temp.members`))
    return seen
  })
}

function becomingWithinAStatement() {
  const condition = `set_config('role', '${b.name}', true) is not null`
  const reading = `query_to_xml('select name from "${b.name}".members', true, true, '')::text`
  return outcome(
    real(a, async db => {
      const { rows } = await db.execute(sql.raw(`select case when ${condition} then ${reading} end as stolen`))
      return String(rows[0]?.stolen).includes(b.canary)
    }),
  )
}

async function queryAsLogin(attribute: string) {
  const { user, url } = await newLogin(t, operator, database, attribute)
  await operator.query(`grant connect on database "${databaseName()}" to ${user}; grant "${a.name}" to ${user}`)
  const login = createPool({ connectionString: url, max: 1 })
  const got = await outcome(login.query(`select name from "${a.name}".members`).then(({ rows }) => rows))
  await login.end()
  return got
}

function oddName(scope: Scope) {
  const name = `${a.name}"; set local role "${b.name}"; set local search_path to "${b.name}`
  return outcome((async () => scope({ name }, memberNames))())
}

async function halfTransaction(giveBack: (client: pg.PoolClient) => void) {
  const tenant = await newTenant(database)
  const client = await pool.connect()
  await client.query(`begin; set local role "${tenant.name}"`)
  await client.query(`insert into "${tenant.name}".members values (gen_random_uuid(), 'half')`)
  giveBack(client)
  // The next borrower means to store something else.
  await pool.query('commit')
  const names = await real(tenant, memberNames)
  return names.filter(name => name === 'half')
}

async function swallowedError(scope: Scope) {
  const tenant = await newTenant(database)
  const got = await outcome(
    scope(tenant, async db => {
      await addMember(db, 'lost')
      await db.execute(sql`select 1 / 0`).catch(() => {})
      return 'looks stored'
    }),
  )
  const stored = (await real(tenant, memberNames)).includes('lost')
  return got === 'looks stored' && !stored ? 'looks stored, is not' : got
}

async function answerOfCommitLost(insist: (work: () => Promise<unknown>) => Promise<unknown>) {
  const tenant = await newTenant(database)
  let armed = true
  const url = await openProxy(t, database.appUrl, message => {
    if (!armed || !message.includes('commit')) return 'pass'
    armed = false
    return 'loseAnswer'
  })
  const proxied = createPool({ connectionString: url, max: 1 })
  await outcome(insist(() => createTenancy(proxied).scope(tenant, {}, db => addMember(db, 'once'))))
  await proxied.end()
  await owner.query(`begin; lock table "${tenant.name}".members in access exclusive mode; commit`)
  return (await real(tenant, memberNames)).filter(name => name === 'once').length
}

async function twoEntries(run: Tenancy['transaction']) {
  const both = run((_, enter) => Promise.all([slowly(enter, a), slowly(enter, b)]))
  return outcome(both)
}

function slowly(enter: Enter, tenant: Seeded) {
  return enter(tenant, async db => {
    await db.execute(sql`select 1`)
    return memberNames(db)
  })
}

async function terminatedProcess(kind: 'real' | 'bare') {
  const child = start('terminated.ts', [database.appUrl, database.superuserUrl, kind])
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
  return { said: await text(child.stdout as Readable), code: await ended }
}

// The engine without one of its defences, composed of its real parts.

/** A scope whose handle speaks over whatever `over` makes of the client. */
function scopeOver(over: (client: pg.PoolClient) => Queryable): Scope {
  return (tenant, work) => transaction(pool, prologue(tenant), client => work(handle<TenantDb>(over(client))))
}

/** A scope that is opened by other statements. */
function scopeAfter(open: (tenant: Tenant) => string): Scope {
  return (tenant, work) => transaction(pool, open(tenant), client => work(handle<TenantDb>(client)))
}

function prologue({ name }: Tenant): string {
  return `begin; set local role "${name}"; set local search_path to "${name}", pg_temp`
}

/** Everybody's first transaction helper. */
async function bareTransaction<T>(tenant: Tenant, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    client.query(prologue(tenant)).catch(() => {})
    const value = await work(client)
    await client.query('commit')
    return value
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

function transactionWithoutLoans<T>(work: (db: ControlTransaction, enter: Enter) => Promise<T>): Promise<T> {
  return transaction(pool, 'begin', client =>
    work(handle<ControlTransaction>(client), async (tenant, inside) => {
      await client.query(prologue(tenant).replace('begin; ', ''))
      return inside(handle<TenantDb>(client))
    }),
  )
}

/** Gives everybody a right for as long as `work` takes. */
async function granting<T>(right: string, work: () => Promise<T>): Promise<T> {
  await operator.query(`grant ${right} to public`)
  try {
    return await work()
  } finally {
    await operator.query(`revoke ${right} from public`)
  }
}

function databaseName(): string {
  return new URL(database.appUrl).pathname.slice(1)
}

/** What came of it: the value, or the code or name or message of the error. */
function outcome<T>(promise: Promise<T>): Promise<T | string> {
  return promise.catch(error => {
    const { name, message } = rootCause(error) as Error
    return errorCode(error) ?? (name === 'Error' ? message : name)
  })
}
