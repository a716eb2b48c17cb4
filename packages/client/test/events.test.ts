import t, { type Test } from 'tap'
import { createSpintrackClient } from '../src/client.ts'
import { type FollowOptions, followEvents } from '../src/events.ts'
import { type Planned, type Streamed, serve } from './support/server.ts'

const begun = block('a', 'events.begun')

t.test('events come as they are sent, each with its position', async t => {
  const { follow, received } = await start(t, [silence(`retry: 2000\n${begun}:\n\n${block('b', 'spin.created')}`)])
  const events = follow({ company: 'acme' })
  t.strictSame(await take(events, 2), [
    { type: 'events.begun', position: 'a' },
    { type: 'spin.created', position: 'b' },
  ])
  t.equal(received[0]?.url, '/api/v1/events')
  t.match(received[0]?.headers, { authorization: 'Bearer spin_x', 'x-company': 'acme' })
  t.notOk(received[0]?.headers['last-event-id'])
})

for (const finish of ['end', 'cut'] as const) {
  t.test(`a stream that is over by ${finish} is opened again behind the last event`, async t => {
    const { follow, received } = await start(t, [
      { stream: begun, finish },
      { stream: block('b', 'spin.created'), finish },
      silence(block('c', 'spin.deleted')),
    ])
    const events = await take(follow({ after: 'earlier' }), 3)
    t.strictSame(
      events.map(({ position }) => position),
      ['a', 'b', 'c'],
    )
    t.strictSame(
      received.map(({ headers }) => headers['last-event-id']),
      ['earlier', 'a', 'b'],
    )
  })
}

t.test('half an event is none, and comes again', async t => {
  const half = block('b', 'spin.created').slice(0, -2)
  const { follow } = await start(t, [{ stream: begun + half, finish: 'cut' }, silence(block('b', 'spin.created'))])
  t.strictSame(
    (await take(follow(), 2)).map(({ position }) => position),
    ['a', 'b'],
  )
})

t.test('a connection on which nothing is said any more is taken for dead', async t => {
  const { follow, received } = await start(t, [silence(begun), silence(block('b', 'spin.created'))])
  t.equal((await take(follow({ silenceMs: 20 }), 2)).length, 2)
  t.equal(received.length, 2)
})

const passing: [string, Planned][] = [
  ['no answer', 'lost'],
  ['too many streams', { status: 429 }],
  ['a service that restarts', { status: 503 }],
]
for (const [what, plan] of passing) {
  t.test(`${what} is waited out`, async t => {
    const { follow, received } = await start(t, [plan, plan, silence(begun)])
    t.equal((await take(follow(), 1)).length, 1)
    t.equal(received.length, 3)
  })
}

t.test('what the API refuses is thrown', async t => {
  for (const [status, code] of [
    [401, 'unauthenticated'],
    [403, 'company_suspended'],
    [404, 'company_not_found'],
  ] as const) {
    const { follow, received } = await start(t, [
      { stream: begun, finish: 'end' },
      { status, body: { code } },
    ])
    const events = follow()
    await take(events, 1)
    await t.rejects(events.next(), { name: 'ApiProblem', code, status })
    t.equal(received.length, 2)
  }
})

t.test('the signal ends it with its reason: in a stream, in a pause, before it began', async t => {
  for (const plan of [silence(begun), { stream: begun, finish: 'end' } as const]) {
    const { follow } = await start(t, [plan])
    const stop = new AbortController()
    const events = follow({ signal: stop.signal, pauseMs: 60_000 })
    await take(events, 1)
    const next = events.next()
    stop.abort(new Error('enough'))
    await t.rejects(next, { message: 'enough' })
  }
  const { follow, received } = await start(t, [silence(begun)])
  await t.rejects(follow({ signal: AbortSignal.abort(new Error('never')) }).next(), { message: 'never' })
  t.equal(received.length, 0)
})

t.test('whoever has enough hangs up', async t => {
  const { follow, hungUp } = await start(t, [silence(begun)])
  for await (const { type } of follow()) {
    t.equal(type, 'events.begun')
    break
  }
  await hungUp()
})

async function start(t: Test, plans: [Planned, ...Planned[]]) {
  const { url, received, hungUp } = await serve(t, ...plans)
  const client = createSpintrackClient({ baseUrl: url, token: 'spin_x', retries: false })
  return { received, hungUp, follow: (options: FollowOptions = {}) => followEvents(client, { pauseMs: 1, ...options }) }
}

/** The next `count` events, as far as they are looked at here. */
async function take(events: ReturnType<typeof followEvents>, count: number) {
  const taken = []
  while (taken.length < count) {
    const { type, position } = (await events.next()).value
    taken.push({ type, position })
  }
  return taken
}

function block(id: string, type: string): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ type })}\n\n`
}

function silence(stream: string): Streamed {
  return { stream, finish: 'silence' }
}
