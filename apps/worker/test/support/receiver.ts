import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

export type Message = { headers: IncomingHttpHeaders; body: string }

/** Somebody who takes webhooks, and answers each with what `status` says; `'silence'` leaves it without an answer. */
export async function receiver(t: Test, status: (message: Message) => number | 'silence' = () => 204) {
  const messages: Message[] = []
  let tell = () => {}
  const server = createServer(async (request, response) => {
    const message = { headers: request.headers, body: await text(request) }
    messages.push(message)
    const answer = status(message)
    if (answer !== 'silence') response.writeHead(answer).end()
    tell()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    messages,
    /** Resolves once so many messages have come. */
    async got(count: number): Promise<void> {
      while (messages.length < count) {
        await new Promise<void>(resolve => {
          tell = resolve
        })
      }
    },
  }
}
