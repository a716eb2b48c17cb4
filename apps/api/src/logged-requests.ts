import type { FastifyRequest } from 'fastify'

/** Addresses that end with a secret of a mail or a link, those of the API and of the web. */
const secret = /\/(invites?|verify|email-verifications|reset|password-resets)\/[^/?]+/

/** What is logged of a request: what Fastify logs, less what would let its reader in. */
export function loggedRequest({ method, url, host, ip, socket }: FastifyRequest) {
  return { method, url: url.replace(secret, '/$1/…'), host, remoteAddress: ip, remotePort: socket?.remotePort }
}
