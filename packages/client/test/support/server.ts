import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** What a server was sent. */
export type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: string }

/** How a server answers one request: `'lost'` hangs up, `'cut'` begins an answer and hangs up. */
export type Planned = { status: number; headers?: Record<string, string>; body?: unknown } | 'lost' | 'cut'

/** A server that answers with one plan after the other, and the last one from then on. */
export async function serve(
  t: Test,
  ...plans: [Planned, ...Planned[]]
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, body: await text(request) })
    answer(response, plans[received.length - 1] ?? plans.at(-1) ?? 'lost')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

function answer(response: ServerResponse, plan: Planned) {
  if (plan === 'lost') return response.destroy()
  if (plan === 'cut') {
    response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': '100' })
    return response.write('{"id":', () => response.destroy())
  }
  response.writeHead(plan.status, { 'Content-Type': 'application/json', ...plan.headers })
  response.end(plan.body === undefined ? '' : JSON.stringify(plan.body))
}
