import t from 'tap'
import { createSpintrackClient } from '../src/client.ts'
import { type Retries, withRetries } from '../src/retries.ts'
import { onClock } from './support/clock.ts'
import { type Planned, serve } from './support/server.ts'

const spin = { spinnerId: '0197', durationMs: 12_400 }
const created: Planned = { status: 201, body: { id: '0198' } }
const busy: Planned = { status: 503, headers: { 'Retry-After': '1' }, body: { code: 'unavailable' } }

const first: [string, Planned][] = [
  ['an answer that was lost', 'lost'],
  ['an answer that broke off', 'cut'],
  ['503', busy],
  ['429', { status: 429, headers: { 'Retry-After': '1' } }],
  ['409 of a try that still runs', { status: 409, headers: { 'Retry-After': '1' } }],
]
for (const [name, plan] of first) {
  t.test(`${name} has a POST sent again, the same under the same key`, async t => {
    const { client, received } = await start(t, [plan, plan, created])
    const { data } = await client.POST('/api/v1/spins', { body: spin })
    t.match(data, { id: '0198' })
    t.equal(received.length, 3)
    t.match(received[0]?.headers['idempotency-key'], /^\w{8,}$/)
    for (const again of received.slice(1)) {
      t.equal(again.headers['idempotency-key'], received[0]?.headers['idempotency-key'])
      t.equal(again.body, JSON.stringify(spin))
    }
  })
}

t.test('another call has another key, unless the caller names it', async t => {
  const { client, received } = await start(t, [created])
  await client.POST('/api/v1/spins', { body: spin })
  await client.POST('/api/v1/spins', { body: spin })
  await client.POST('/api/v1/spins', { body: spin, headers: { 'Idempotency-Key': 'row-17' } })
  const [one, other, named] = received.map(({ headers }) => headers['idempotency-key'])
  t.not(one, other)
  t.equal(named, 'row-17')
})

t.test('what the API refuses is final', async t => {
  for (const status of [400, 401, 403, 404, 409, 412, 422, 500]) {
    const { client, received } = await start(t, [{ status }])
    const { response } = await client.GET('/api/v1/company')
    t.equal(response.status, status)
    t.equal(received.length, 1, String(status))
  }
})

t.test('GET, PUT and DELETE are sent again without a key', async t => {
  const { client, received } = await start(t, [
    'lost',
    { status: 200, body: {} },
    'lost',
    { status: 204 },
    busy,
    created,
  ])
  await client.GET('/api/v1/company')
  await client.DELETE('/api/v1/session')
  await client.PUT('/api/v1/session/company', { body: { companyId: '0199' } })
  t.strictSame(
    received.map(({ method, headers }) => [method, headers['idempotency-key']]),
    ['GET', 'GET', 'DELETE', 'DELETE', 'PUT', 'PUT'].map(method => [method, undefined]),
  )
})

t.test('what could take effect twice is sent once: PATCH, logging in and signing up', async t => {
  const { client, received } = await start(t, [busy])
  await client.PATCH('/api/v1/company', { body: {}, headers: { 'Idempotency-Key': 'means nothing' } })
  await client.POST('/api/v1/session', { body: { email: 'ada@example.com', password: 'secret' } })
  await client.POST('/api/v1/signup', { body: { email: 'ada@example.com', password: 'secret', name: 'Ada' } })
  t.strictSame(
    received.map(({ url }) => url),
    ['/api/v1/company', '/api/v1/session', '/api/v1/signup'],
  )
  t.strictSame(
    received.slice(1).map(({ headers }) => headers['idempotency-key']),
    [undefined, undefined],
  )
})

t.test('a POST that nobody gave a key is sent once', async t => {
  const { url, received } = await serve(t, busy)
  const send = withRetries(request => fetch(request), onClock().retries)
  t.equal((await send(new Request(`${url}/api/v1/spins`, { method: 'POST', body: '{}' }))).status, 503)
  t.equal(received.length, 1)
})

t.test('a stream is sent once: it is gone then', async t => {
  const { client, received } = await start(t, [busy])
  const body = new Blob(['an image']).stream()
  const { response } = await client.PUT('/api/v1/company/logo', streamed(body))
  t.equal(response.status, 503)
  t.strictSame(
    received.map(({ body }) => body),
    ['an image'],
  )
  const whole = new Blob(['an image'])
  await client.PUT('/api/v1/company/logo', { body: whole as never, bodySerializer: () => whole })
  t.equal(received.length, 6, 'a file can be read again')
})

t.test('Retry-After is waited for, in seconds or as a date, and not everybody comes back at once', async t => {
  for (const after of ['7', 'Thu, 01 Jan 2026 12:00:07 GMT']) {
    const { client, pauses } = await start(t, [
      { status: 429, headers: { 'Retry-After': after } },
      { status: 200, body: {} },
    ])
    await client.GET('/api/v1/company')
    t.equal(pauses.length, 1)
    t.ok(pauses[0] !== undefined && pauses[0] >= 7_000 && pauses[0] < 7_500, `${after}: ${pauses}`)
  }
})

t.test('the pauses grow up to a bound, and the tries end with the last answer', async t => {
  t.intercept(Math, 'random', { value: () => 1 })
  const { client, received, pauses } = await start(t, [{ status: 503 }], { tries: 6, longestPauseMs: 3_000 })
  const { response } = await client.GET('/api/v1/company')
  t.equal(response.status, 503)
  t.equal(received.length, 6)
  t.strictSame(pauses, [500, 1_000, 2_000, 3_000, 3_000])
})

t.test('the tries end with the error when no answer came', async t => {
  const { client, received } = await start(t, ['lost'], { tries: 2 })
  await t.rejects(client.GET('/api/v1/company'), TypeError)
  t.equal(received.length, 2)
})

t.test('no pause outlasts the total time: the caller is told at once', async t => {
  const { client, received, pauses } = await start(t, [busy, { status: 429, headers: { 'Retry-After': '60' } }], {
    totalMs: 30_000,
  })
  const { response } = await client.GET('/api/v1/company')
  t.equal(response.headers.get('Retry-After'), '60')
  t.equal(received.length, 2)
  t.equal(pauses.length, 1)
})

t.test('a client told so never tries again, and still sends a key', async t => {
  const { url, received } = await serve(t, busy)
  const client = createSpintrackClient({ baseUrl: url, retries: false })
  t.equal((await client.POST('/api/v1/spins', { body: spin })).response.status, 503)
  t.equal(received.length, 1)
  t.match(received[0]?.headers['idempotency-key'], /^\w{8,}$/)
})

t.test('aborting ends a pause, and nothing is sent any more', async t => {
  const { url, received } = await serve(t, { status: 503, headers: { 'Retry-After': '60' } })
  const client = createSpintrackClient({
    baseUrl: url,
    fetch: async request => {
      const response = await fetch(request)
      setImmediate(() => controller.abort(new Error('enough')))
      return response
    },
  })
  const controller = new AbortController()
  await t.rejects(client.GET('/api/v1/company', { signal: controller.signal }), { message: 'enough' })
  t.equal(received.length, 1)
})

t.test('aborting what is under way is not taken for a lost answer', async t => {
  const controller = new AbortController()
  const { retries, pauses } = onClock()
  let sent = 0
  const client = createSpintrackClient({
    baseUrl: 'http://spintrack.test',
    retries,
    fetch: async request => {
      sent++
      controller.abort(new TypeError('enough'))
      return fetch(request)
    },
  })
  await t.rejects(client.GET('/api/v1/company', { signal: controller.signal }), { message: 'enough' })
  t.equal(sent, 1)
  t.strictSame(pauses, [])
})

async function start(t: Parameters<typeof serve>[0], plans: [Planned, ...Planned[]], settings?: Partial<Retries>) {
  const { url, received } = await serve(t, ...plans)
  const { retries, pauses } = onClock(settings)
  return { client: createSpintrackClient({ baseUrl: url, retries }), received, pauses }
}

/** fetch wants `duplex` with a stream; the types of this route want a body of another kind. */
function streamed(body: ReadableStream) {
  const headers = { 'Content-Type': 'image/png' }
  return { body: body as never, bodySerializer: () => body, duplex: 'half', headers } as const
}
