import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Sends a single resource with its ETag (RFC 9110), or 304 without a body when the caller has this version already.
 * `version` is the stored one; a resource without one is told apart by its content.
 */
export function sendResource<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  resource: T,
  version?: number | string,
): T | FastifyReply {
  const etag = `"${version ?? createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 22)}"`
  reply.header('etag', etag)
  const known = request.headers['if-none-match']
  if (known && request.method === 'GET' && matches(known, etag)) return reply.code(304).send()
  return resource
}

/** The version that `If-Match` demands, undefined when any will do. A tag we never gave out matches no version. */
export function demandedVersion(request: FastifyRequest): number | undefined {
  const demanded = request.headers['if-match']
  if (demanded === undefined || demanded.trim() === '*') return undefined
  return Number(/^\s*"(\d{1,9})"\s*$/.exec(demanded)?.[1] ?? -1)
}

function matches(header: string, etag: string): boolean {
  return header.split(',').some(tag => ['*', etag, `W/${etag}`].includes(tag.trim()))
}
