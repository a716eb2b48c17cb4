import t from 'tap'
import { createSpintrackClient } from '../src/client.ts'
import { CookieJar } from '../src/cookies.ts'
import { paginate } from '../src/pages.ts'
import { ApiProblem } from '../src/problem.ts'
import { type Planned, serve } from './support/server.ts'

t.test('token and company go with every request, unless a call names another company', async t => {
  const { url, received } = await serve(t, { status: 200, body: {} })
  const client = createSpintrackClient({ baseUrl: `${url}/behind/`, token: 'spin_1', company: 'acme' })
  await client.GET('/api/v1/company')
  await client.GET('/api/v1/company', { headers: { 'X-Company': 'globex' } })
  t.strictSame(
    received.map(({ url, headers }) => [url, headers.authorization, headers['x-company']]),
    [
      ['/behind/api/v1/company', 'Bearer spin_1', 'acme'],
      ['/behind/api/v1/company', 'Bearer spin_1', 'globex'],
    ],
  )
})

t.test('a client without either sends neither', async t => {
  const { url, received } = await serve(t, { status: 200, body: {} })
  await createSpintrackClient({ baseUrl: url }).GET('/api/v1/company')
  const { authorization, cookie } = received[0]?.headers ?? {}
  t.strictSame([authorization, cookie, received[0]?.headers['x-company']], [undefined, undefined, undefined])
})

t.test('a jar keeps what is set, sends it, drops what expires, and outlives the process as text', async t => {
  const set = (cookie: string): Planned => ({ status: 200, headers: { 'Set-Cookie': cookie }, body: {} })
  const { url, received } = await serve(
    t,
    set('spintrack=a=b.c; Path=/; HttpOnly; Expires=Thu, 01 Jan 2099 00:00:00 GMT'),
    { status: 200, body: {} },
    set('spintrack=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'),
    set('other=1; max-age=0'),
    { status: 200, body: {} },
  )
  const jar = new CookieJar('other=1')
  const client = createSpintrackClient({ baseUrl: url, cookies: jar })
  const texts: string[] = []
  for (let call = 0; call < 5; call++) {
    await client.GET('/api/v1/session')
    texts.push(String(jar))
  }
  const both = 'other=1; spintrack=a=b.c'
  t.strictSame(texts, [both, both, 'other=1', '', ''])
  t.equal(String(new CookieJar(both)), both)
  t.strictSame(
    received.map(({ headers }) => headers.cookie),
    ['other=1', both, both, 'other=1', undefined],
  )
})

t.test('a list is read page by page, and no page sooner than needed', async t => {
  const { url, received } = await serve(
    t,
    { status: 200, body: { items: [1, 2], nextCursor: 'a b' } },
    { status: 200, body: { items: [], nextCursor: 'c' } },
    { status: 200, body: { items: [3], nextCursor: null } },
  )
  const client = createSpintrackClient({ baseUrl: url })
  const items = paginate(cursor => client.GET('/api/v1/spinners', { params: { query: { cursor, limit: 2 } } }))
  const seen: unknown[] = [(await items.next()).value, (await items.next()).value]
  t.equal(received.length, 1)
  for await (const item of items) seen.push(item)
  t.strictSame(seen, [1, 2, 3])
  t.strictSame(
    received.map(({ url }) => url),
    ['?limit=2', '?cursor=a%20b&limit=2', '?cursor=c&limit=2'].map(query => `/api/v1/spinners${query}`),
  )
})

t.test('a page that is refused ends the list with the problem', async t => {
  const { url } = await serve(
    t,
    { status: 200, body: { items: [1], nextCursor: 'a' } },
    { status: 403, body: { code: 'forbidden' } },
  )
  const client = createSpintrackClient({ baseUrl: url })
  const seen: unknown[] = []
  const reading = (async () => {
    for await (const item of paginate(cursor => client.GET('/api/v1/spins', { params: { query: { cursor } } }))) {
      seen.push(item)
    }
  })()
  await t.rejects(reading, ApiProblem)
  t.strictSame(seen, [1])
})
