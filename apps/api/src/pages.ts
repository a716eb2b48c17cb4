import type { FastifyReply, FastifyRequest } from 'fastify'

/** Sends a page of a list, with the address of the next one in the Link header (RFC 8288). */
export function sendPage<T extends { nextCursor: string | null }>(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
  page: T,
): T {
  if (page.nextCursor !== null) {
    const next = new URL(request.url, publicUrl)
    next.searchParams.set('cursor', page.nextCursor)
    reply.header('link', `<${next.href}>; rel="next"`)
  }
  return page
}
