import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Api, addToken, type Founder } from './api.ts'

/** A request over a real connection, which can be held up and broken off. */
export type LiveRequest = ClientRequest & { answer(): Promise<LiveAnswer> }
export type LiveAnswer = { status: number; headers: IncomingMessage['headers']; bytes: Buffer; text: string }

/** Begins a request with a token of somebody. */
export type Begin = (method: string, path: string, headers?: Record<string, string>) => LiveRequest

/** Has the API of a test listen; gives each person a way to send requests there. */
export async function listen({ app }: Api): Promise<(founder: Founder) => Promise<Begin>> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return async founder => {
    const { token } = await addToken(founder)
    return (method, path, headers = {}) => {
      const sending = request({
        ...{ host: '127.0.0.1', port, method, path: `/api/v1${path}` },
        headers: { authorization: `Bearer ${token}`, ...headers },
      })
      const response = once(sending, 'response') as Promise<[IncomingMessage]>
      // Whoever breaks off does not ask for the answer.
      response.catch(() => {})
      sending.on('error', () => {})
      return Object.assign(sending, {
        async answer() {
          const [received] = await response
          const bytes = await buffer(received)
          return { status: received.statusCode ?? 0, headers: received.headers, bytes, text: bytes.toString() }
        },
      })
    }
  }
}
