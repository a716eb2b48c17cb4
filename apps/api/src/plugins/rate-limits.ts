import { createHmac } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { createRateLimits } from '@spintrack/domain/rate-limits'
import type { FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

/** How many requests a caller may send; a test sets what it wants to see. */
export type RateLimitSettings = {
  /** With a token or a session. */
  principal: number
  /** From an address, without either. */
  address: number
  windowMs: number
  /** How often the counts of all processes are put together. */
  everyMs: number
  maxCallers?: number
  now?: () => number
}

const defaults: RateLimitSettings = { ...limits.requests, windowMs: 60_000, everyMs: 1_000 }

/**
 * Counts requests by token, else by session, else by address, says in every answer of the API what is left, and refuses
 * what is too much. A caller with a principal is counted when that was found (principal.ts), others before their body is
 * read; what was refused before either is counted when it is answered.
 */
export const rateLimits = plugin(
  async (app: App, { tenancy, sessionSecrets, rateLimits: settings }: ApiOptions) => {
    const { principal, address, windowMs, everyMs, ...bounds } = { ...defaults, ...settings }
    const counts = createRateLimits({ control: tenancy.control, windowMs, ...bounds })
    app.decorate('rateLimits', counts)
    app.decorateRequest('counted', false)

    app.decorate('countRequest', (request: FastifyRequest, reply: FastifyReply) => {
      request.counted = true
      const known = callerOf(request)
      const limit = known ? principal : address
      const { allowed, remaining, resetSeconds } = counts.take(known ?? hashAddress(request.ip, sessionSecrets), limit)
      reply.headers({
        'ratelimit-limit': limit,
        'ratelimit-remaining': remaining,
        'ratelimit-reset': resetSeconds,
      })
      if (allowed) return undefined
      const detail = `Too many requests. Try again in ${resetSeconds} seconds.`
      return new ProblemError('rate_limited', detail, { retryAfter: resetSeconds })
    })

    app.addHook('preParsing', async (request, reply) => {
      const refusal = mustCount(request) ? app.countRequest(request, reply) : undefined
      if (refusal) throw refusal
    })
    app.addHook('onSend', async (request, reply) => {
      if (mustCount(request)) app.countRequest(request, reply)
    })

    let failing = false
    const timer = setInterval(() => {
      counts.reconcile().then(
        () => {
          failing = false
        },
        error => {
          // Once for a whole outage: this comes every second.
          if (!failing) app.log.warn({ err: error }, 'rate limits are counted by this process alone')
          failing = true
        },
      )
    }, everyMs)
    app.addHook('onClose', async () => {
      clearInterval(timer)
      // The pool may be closed next.
      await counts.reconcile().catch(() => {})
    })
  },
  { name: 'rate-limits' },
)

/** Still to be counted: not pages and their files, nor what balancers ask. */
function mustCount({ counted, url }: FastifyRequest): boolean {
  return !counted && url.startsWith('/api/')
}

function callerOf({ principal }: FastifyRequest): string | undefined {
  if (!principal) return undefined
  return principal.session ? `session ${principal.session.idHash}` : `token ${principal.token.id}`
}

/** Keyed, since whoever tries all addresses would find the one behind a plain hash. */
function hashAddress(ip: string, [secret = '']: string[]): string {
  return `address ${createHmac('sha256', secret).update(network(ip)).digest('base64url')}`
}

/** One household has 2^64 addresses of IPv6: the network is counted. */
function network(ip: string): string {
  if (!isIPv6(ip) || ip.includes('.')) return ip.replace(/^::ffff:/i, '')
  const [left = '', right] = ip.split('::')
  const head = left.split(':').filter(Boolean)
  const tail = right === undefined ? [] : right.split(':').filter(Boolean)
  const groups = [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail]
  return groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16))
    .join(':')
}
