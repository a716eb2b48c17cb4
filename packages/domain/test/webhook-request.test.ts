import type { lookup as Lookup } from 'node:dns'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { createWebhookSender } from '../src/webhook-request.ts'

const here = { loopback: true }

t.test('a message arrives as it is, and its answer counts', async t => {
  const { url, received } = await receiver(t, (_, response) => response.writeHead(204).end())
  const attempt = await createWebhookSender(here)(`${url}/hook?key=1`, { 'webhook-id': 'a' }, '{"ü":1}')
  t.match(attempt, { status: 204, error: null })
  t.ok(attempt.durationMs >= 0)
  t.match(received, [
    {
      method: 'POST',
      path: '/hook?key=1',
      body: '{"ü":1}',
      headers: { 'webhook-id': 'a', 'content-type': 'application/json' },
    },
  ])
})

t.test('an answer that is not 2xx is a failure, and a redirect is not followed', async t => {
  const elsewhere = await receiver(t, (_, response) => response.end())
  for (const status of [301, 302, 307, 308, 400, 410, 500, 503]) {
    const { url } = await receiver(t, (_, response) => response.writeHead(status, { location: elsewhere.url }).end())
    t.match(await createWebhookSender(here)(url, {}, '{}'), { status, error: `It answered ${status}.` })
  }
  t.equal(elsewhere.received.length, 0)
})

t.test('nothing is sent to an address inside, however it is spelt', async t => {
  const { port, received } = await receiver(t, (_, response) => response.end())
  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost', '0.0.0.0']) {
    for (const scheme of ['https', 'http']) {
      const attempt = await createWebhookSender({ loopback: false })(`${scheme}://${host}:${port}`, {}, '{}')
      t.match(attempt, { status: null, error: /^It (leads to an address that is not public|must begin)/ }, host)
    }
  }
  t.equal(received.length, 0)
})

t.test('a name that leads inside is refused, also beside an address outside', async t => {
  const { port, received } = await receiver(t, (_, response) => response.end())
  const cases = [['10.0.0.1'], ['93.184.215.14', '127.0.0.1'], ['::ffff:169.254.169.254'], ['fd00::1'], []]
  for (const addresses of cases) {
    const send = createWebhookSender({ loopback: false }, leadingTo(addresses))
    t.match(await send(`https://hook.example:${port}`, {}, '{}'), { status: null, error: /^It leads to/ })
  }
  t.equal(received.length, 0)
})

t.test('a name is looked up once, and what it leads to later is no matter', async t => {
  const { port, received } = await receiver(t, (_, response) => response.end())
  const answers = [['127.0.0.1'], ['10.0.0.1']]
  let asked = 0
  const send = createWebhookSender(here, ((...args: Parameters<typeof Lookup>) =>
    leadingTo(answers[Math.min(asked++, 1)] ?? [])(...args)) as typeof Lookup)
  t.match(await send(`http://hook.example:${port}`, {}, '{}'), { status: 200 })
  t.equal(asked, 1)
  t.equal(received[0]?.headers.host, `hook.example:${port}`, 'under its own name')
  t.match(await send(`http://hook.example:${port}`, {}, '{}'), { status: null, error: /not public/ })
  t.equal(received.length, 1)
})

t.test('who never answers, answers without end or is not there fails the attempt', async t => {
  const silent = await receiver(t, () => {})
  const endless = await receiver(t, (_, response) => {
    response.writeHead(200)
    const pour = () => response.destroyed || response.write('x'.repeat(64 * 1024), pour)
    pour()
  })
  const gone = await receiver(t, () => {})
  await gone.close()
  const send = createWebhookSender(here, undefined, 200)
  t.match(await send(silent.url, {}, '{}'), { status: null, error: /did not answer within/ })
  t.match(await send(endless.url, {}, '{}'), { status: 200, error: null })
  t.match(await send(gone.url, {}, '{}'), { status: null, error: 'It refused the connection.' })
  t.match(await send('http://nothing.invalid', {}, '{}'), { status: null, error: /^(Its name|The connection)/ })
})

type Received = { method: string; path: string; headers: IncomingMessage['headers']; body: string }

async function receiver(t: Test, answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    response.on('error', () => {})
    const { method = '', url: path = '', headers } = request
    received.push({ method, path, headers, body: await text(request) })
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  t.teardown(close)
  return { url: `http://127.0.0.1:${port}`, port, received, close }
}

/** A name server that answers with these addresses. */
function leadingTo(addresses: string[]) {
  return ((_name: string, _options: unknown, done: (error: null, found: object[]) => void) =>
    done(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as typeof Lookup
}
