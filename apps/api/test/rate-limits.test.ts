import { newToken } from '@spintrack/domain/token-format'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import t from 'tap'
import type { RateLimitSettings } from '../src/plugins/rate-limits.ts'
import { buildServer } from '../src/server.ts'
import type { App } from '../src/types.ts'
import { addToken, cheapHasher, startApi, unlimited } from './support/api.ts'
import { type Answer, visitor } from './support/visitor.ts'

const never = { everyMs: 3_600_000 }
const api = await startApi(t, { rateLimits: { ...unlimited, ...never } })
const ada = await api.founder()
const start = Date.parse('2026-01-01T00:00:00Z')

t.beforeEach(() => api.sql('delete from rate_limits'))

t.test('every answer says what is left, one too many is refused, and the next window has all again', async t => {
  const { app, clock } = await limited(t, { principal: 3 })
  const someone = visitor(app, new Map(ada.cookies))
  clock.now = start + 12_345
  t.strictSame(left(await someone.get('/session').expect(200)), [3, 2, 48])
  t.strictSame(left(await someone.get('/spins/none').expect('invalid_request')), [3, 1, 48])
  t.strictSame(
    left(await someone.put('/session', {}).expect('method_not_allowed')),
    [120, 119, 48],
    'no principal asked',
  )
  clock.now = start + 59_001
  t.strictSame(left(await someone.get('/session', { 'x-company': 'none' }).expect(200)), [3, 0, 1])
  const refused = await someone.get('/session').expect('rate_limited')
  t.strictSame([...left(refused), refused.headers['retry-after']], [3, 0, 1, '1'])
  clock.now = start + 60_000
  t.strictSame(left(await someone.get('/session').expect(200)), [3, 2, 60])
})

t.test('a session is counted for itself, and who has none for the address', async t => {
  const { app } = await limited(t, { principal: 2, address: 2 })
  const [one, two] = [visitor(app, new Map(ada.cookies)), visitor(app, (await api.logIn(ada)).cookies)]
  for (const session of [one, one, two, two]) await session.get('/session').expect(200)
  for (const session of [one, two]) await session.get('/session').expect('rate_limited')

  const forged = visitor(app, new Map([['spintrack', 'forged.signature']]))
  await forged.get('/session').expect('unauthenticated')
  await visitor(app).get('/session', { authorization: 'Bearer spin_nothing' }).expect('unauthenticated')
  await forged.get('/session').expect('rate_limited')
  await visitor(app).post('/session', { email: ada.email, password: ada.password }).expect('rate_limited')
  await visitor(app).get('/nowhere').expect('rate_limited')
})

t.test('a token is counted for itself, whatever else its owner does, and one that is none for the address', async t => {
  const { app } = await limited(t, { principal: 2, address: 1 })
  const bearer = ({ token }: { token: string }) => visitor(app, new Map(), { authorization: `Bearer ${token}` })
  const [one, two] = [bearer(await addToken(ada)), bearer(await addToken(ada))]
  t.strictSame(left(await one.get('/spinners').expect(200)), [2, 1, 60])
  t.strictSame(left(await one.get('/session').expect('forbidden')), [2, 0, 60], 'what is refused counts')
  t.equal((await one.get('/spinners').expect('rate_limited')).headers['retry-after'], '60')
  t.strictSame(left(await two.get('/spinners').expect(200)), [2, 1, 60])
  t.strictSame(left(await visitor(app, new Map(ada.cookies)).get('/session').expect(200)), [2, 1, 60])
  await bearer({ token: newToken() }).get('/spinners').expect('unauthenticated')
  await bearer({ token: newToken() }).get('/spinners').expect('rate_limited')
  await app.rateLimits.reconcile()
  const rows = await api.sql<{ caller: string }>("select caller from rate_limits where caller like 'token%'")
  for (const { caller } of rows) t.match(caller, /^token [0-9a-f-]{36}$/, 'by its id, which opens nothing')
  t.equal(rows.length, 2)
})

t.test('a network of IPv6 is one address, and one of IPv4 is the same however it is written', async t => {
  const { app } = await limited(t, {})
  const remaining = async (remoteAddress: string) =>
    Number((await app.inject({ url: '/api/v1/nowhere', remoteAddress })).headers['ratelimit-remaining'])
  t.equal(await remaining('2001:db8:1:2::1'), 119)
  t.equal(await remaining('2001:db8:1:2:ffff:ffff:ffff:ffff'), 118)
  t.equal(await remaining('2001:0DB8:1:0002:0:0:0:7'), 117)
  t.equal(await remaining('2001:db8:1:3::1'), 119)
  t.equal(await remaining('::1'), 119)
  t.equal(await remaining('::2:0:0:0:1'), 119)
  t.equal(await remaining('192.0.2.1'), 119)
  t.equal(await remaining('::ffff:192.0.2.1'), 118)
  t.equal(await remaining('192.0.2.2'), 119)
})

t.test('what never reaches a route is counted too; files and health are not', async t => {
  const webRoot = t.testdir({ 'index.html': '<!doctype html>' })
  const { app } = await limited(t, { address: 2 }, { webRoot })
  const someone = visitor(app, new Map(ada.cookies))
  const foreign = { 'sec-fetch-site': 'cross-site' }
  t.strictSame(left(await someone.post('/spins', {}, foreign).expect('cross_site_request')), [2, 1, 60])
  t.strictSame(left(await visitor(app).get('/nowhere').expect('not_found')), [2, 0, 60])
  await visitor(app).get('/nowhere').expect('rate_limited')
  t.strictSame(left(await visitor(app).get('/spins/%zz').expect('rate_limited')), [2, 0, 60])
  for (const url of ['/', '/c/somewhere', '/health/live', '/health/ready']) {
    const { statusCode, headers } = await app.inject(url)
    t.strictSame([statusCode, headers['ratelimit-limit']], [200, undefined], url)
  }
})

t.test('processes share one budget once they have put their counts together', async t => {
  const [one, two] = [await limited(t, { principal: 10 }), await limited(t, { principal: 10 })]
  const at = ({ app }: Limited) => visitor(app, new Map(ada.cookies))
  for (let sent = 0; sent < 4; sent++) await at(one).get('/session').expect(200)
  for (let sent = 0; sent < 5; sent++) await at(two).get('/session').expect(200)
  await one.app.rateLimits.reconcile()
  await two.app.rateLimits.reconcile()
  await at(two).get('/session').expect(200)
  await at(two).get('/session').expect('rate_limited')
  t.equal(left(await at(one).get('/session').expect(200))[1], 5, 'the first has not heard of the second yet')
  await one.app.rateLimits.reconcile()
  await at(one).get('/session').expect('rate_limited')
})

t.test('no request waits for a query, and one query adds what all callers did', async t => {
  const { app, queries } = await limited(t, {})
  const other = await api.founder()
  for (const cookies of [ada.cookies, other.cookies, new Map<string, string>()]) {
    for (let sent = 0; sent < 5; sent++) await visitor(app, new Map(cookies)).get('/session')
  }
  t.equal(queries.sent, 0)
  await Promise.all([app.rateLimits.reconcile(), app.rateLimits.reconcile()])
  t.equal(queries.sent, 1)
  await app.rateLimits.reconcile()
  t.equal(queries.sent, 1, 'and none when there is nothing new')
})

t.test('without the database it counts alone, and adds it all when that is back', async t => {
  const { app, queries } = await limited(t, { principal: 3, everyMs: 1 })
  const someone = visitor(app, new Map(ada.cookies))
  const failed = queries.fail()
  await someone.get('/session').expect(200)
  await failed
  await someone.get('/session').expect(200)
  t.equal(left(await someone.get('/session').expect(200))[1], 0)
  await someone.get('/session').expect('rate_limited')
  t.strictSame(await used(), [])
  await queries.recover()
  t.strictSame(await used(), [3])
})

t.test('what is stored of a caller logs nobody in and gives no address away', async t => {
  const { app } = await limited(t, {})
  const [cookie = ''] = ada.cookies.values()
  await visitor(app, new Map(ada.cookies)).get('/session').expect(200)
  await app.inject({ url: '/api/v1/nowhere', remoteAddress: '192.0.2.55' })
  await app.rateLimits.reconcile()
  const rows = await api.sql<{ caller: string }>('select caller from rate_limits order by caller')
  t.match(
    rows.map(({ caller }) => caller),
    [/^address [\w-]{43}$/, /^session [0-9a-f]{64}$/],
  )
  const text = JSON.stringify(rows)
  t.notOk(text.includes('192.0.2.55') || text.includes(decodeURIComponent(cookie).split('.')[0] ?? ''))
})

type Limited = Awaited<ReturnType<typeof limited>>

/** An API process of its own over the same database, with small limits and a clock that stands still. */
async function limited(
  t: { teardown(work: () => unknown): void },
  settings: Partial<RateLimitSettings>,
  options: { webRoot?: string } = {},
) {
  const clock = { now: start }
  const queries = watch(api.database.tenancy)
  const app: App = await buildServer({
    publicUrl: 'http://localhost:3000',
    sessionSecrets: ['a secret of tests that is long enough'],
    trustProxy: [],
    logger: false,
    tenancy: queries.tenancy,
    hasher: cheapHasher,
    // Puts its counts together when a test says so.
    rateLimits: { ...never, now: () => clock.now, ...settings },
    ...options,
  })
  t.teardown(() => app.close())
  return { app, clock, queries }
}

/** Counts the queries of the limits, and makes them fail. */
function watch({ control, ...tenancy }: Tenancy) {
  let heard = (_failed: boolean) => {}
  const next = (wanted: boolean) =>
    new Promise<void>(resolve => {
      heard = failed => failed === wanted && resolve()
    })
  const queries = {
    sent: 0,
    failing: false,
    /** From now on; resolves once one has. */
    fail() {
      queries.failing = true
      return next(true)
    },
    /** Resolves once one has succeeded. */
    recover() {
      queries.failing = false
      return next(false)
    },
    tenancy: {
      ...tenancy,
      control: Object.create(control, {
        execute: {
          async value(query: Parameters<typeof control.execute>[0]) {
            queries.sent++
            if (queries.failing) {
              setImmediate(() => heard(true))
              throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
            }
            const result = await control.execute(query)
            heard(false)
            return result
          },
        },
      }) as Tenancy['control'],
    },
  }
  return queries
}

/** Limit, remaining and reset of an answer. */
function left({ headers }: Answer<unknown>): number[] {
  return ['limit', 'remaining', 'reset'].map(name => Number(headers[`ratelimit-${name}`]))
}

async function used(): Promise<number[]> {
  return (await api.sql<{ used: number }>('select used from rate_limits')).map(({ used }) => used)
}
