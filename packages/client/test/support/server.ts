import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** What a server was sent. */
export type Received = { method: string; url: string; headers: IncomingHttpHeaders; body: string }

/** How a server answers one request: `'lost'` hangs up, `'cut'` begins an answer and hangs up. */
export type Planned = { status: number; headers?: Record<string, string>; body?: unknown } | Streamed | 'lost' | 'cut'

/** What an event stream sends, and what becomes of it then. */
export type Streamed = { stream: string; finish: 'end' | 'cut' | 'silence' }

/** A server that answers with one plan after the other, and the last one from then on. */
export async function serve(
  t: Test,
  ...plans: [Planned, ...Planned[]]
): Promise<{ url: string; received: Received[]; hungUp(): Promise<unknown> }> {
  const received: Received[] = []
  let latest: ServerResponse | undefined
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    received.push({ method, url, headers, body: await text(request) })
    latest = response
    answer(response, plans[received.length - 1] ?? plans.at(-1) ?? 'lost')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  /** Resolves when whoever asked last has gone. */
  const hungUp = async () => latest?.closed || once(latest as ServerResponse, 'close')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, hungUp }
}

function answer(response: ServerResponse, plan: Planned) {
  if (plan === 'lost') return response.destroy()
  if (plan === 'cut') {
    response.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': '100' })
    return response.write('{"id":', () => response.destroy())
  }
  if ('stream' in plan) return answerWithStream(response, plan)
  response.writeHead(plan.status, { 'Content-Type': 'application/json', ...plan.headers })
  response.end(plan.body === undefined ? '' : JSON.stringify(plan.body))
}

function answerWithStream(response: ServerResponse, { stream, finish }: Streamed) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  if (finish === 'end') return response.end(stream)
  response.write(stream, () => finish === 'cut' && response.destroy())
}
