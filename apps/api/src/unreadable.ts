import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { ProblemError } from '@spintrack/contract/problems'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isReceiving } from './files/upload.ts'
import { describe, sendProblem } from './plugins/problems.ts'

// What is refused before there is a request for the hooks to see, so that these answers are problem details too.

/** An address that the router cannot read: a broken escape, or an id of hundreds of characters. */
export function refuseAddress(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id).header('cache-control', 'no-store')
  const refusal = request.server.countRequest(request, reply)
  sendProblem(request, reply, refusal ?? new ProblemError('not_found', 'There is nothing at this address.'))
}

/** Bytes that are no HTTP request, or that come too slowly. */
export function refuseBytes(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  // A file takes as long as it takes; a connection on which nothing moves is ended all the same.
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isReceiving(socket)) return
  const id = randomUUID()
  const problem = describe(id, new ProblemError('invalid_request', 'This is no HTTP request, or it came too slowly.'))
  const body = JSON.stringify(problem)
  if (socket.writable) {
    socket.write(
      [
        'HTTP/1.1 400 Bad Request',
        'connection: close',
        'cache-control: no-store',
        `x-request-id: ${id}`,
        'content-type: application/problem+json; charset=utf-8',
        `content-length: ${Buffer.byteLength(body)}`,
        '',
        body,
      ].join('\r\n'),
    )
  }
  socket.destroy(error)
}
