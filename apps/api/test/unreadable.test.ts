import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { startServer } from '../src/server.ts'
import { cheapHasher, startApi } from './support/api.ts'

const api = await startApi(t)
const server = await startServer({
  publicUrl: 'http://localhost:3000',
  sessionSecrets: ['a secret of tests that is long enough'],
  trustProxy: [],
  logger: false,
  tenancy: api.database.tenancy,
  hasher: cheapHasher,
  host: '127.0.0.1',
  port: 0,
})
t.teardown(() => server.close())

/** What the server answers to these bytes. */
async function answer(bytes: string): Promise<{ status: number; headers: string; body: Record<string, unknown> }> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), headers: head.toLowerCase(), body: JSON.parse(body) }
}

const refused = {
  'no HTTP at all': ['nonsense\r\n\r\n', 400],
  'a method nobody knows': ['SPIN /api/v1/spins HTTP/1.1\r\nhost: x\r\n\r\n', 400],
  'headers without end': [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 400],
  'a NUL in a header': ['GET /api/v1/spins HTTP/1.1\r\nhost: x\r\nx-company: a\u0000b\r\n\r\n', 400],
  'two lengths': ['POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\na', 400],
  'a length and chunks': [
    'POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  'a broken escape': ['GET /api/v1/spins/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 404],
  'a method that is not available': ['TRACE /api/v1/spins HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 405],
  'a very long id': [`GET /api/v1/spins/${'x'.repeat(600)} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, 404],
} as const

for (const [what, [bytes, status]] of Object.entries(refused)) {
  t.test(`${what} is refused with problem details`, async t => {
    const { headers, body, ...answered } = await answer(bytes)
    t.equal(answered.status, status, JSON.stringify(body))
    t.match(headers, 'content-type: application/problem+json')
    t.match(headers, 'cache-control: no-store')
    t.match(body, { status, code: String, detail: String, requestId: String })
    t.match(headers, `x-request-id: ${body.requestId}`)
    t.notMatch(JSON.stringify(body), /zz|xxx|FST_|HPE_/)
  })
}

t.test('a request whose sender goes away harms nobody', async t => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    'POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
  )
  socket.resetAndDestroy()
  await once(socket, 'close')
  const live = await fetch(`${server.url}/health/live`)
  t.same(await live.json(), { status: 'ok' })
})
