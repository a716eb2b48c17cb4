import { type LookupAddress, lookup } from 'node:dns'
import { request as plainRequest } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { bare, isReachable, type Reach } from './webhook-addresses.ts'

/** What an attempt to send something came to. */
export type Attempt = { status: number | null; error: string | null; durationMs: number }

/** Sends one message. Never throws: that it failed is an answer too. */
export type SendWebhook = (url: string, headers: Record<string, string>, body: string) => Promise<Attempt>

const longestMs = 10_000
const mostBytes = 64 * 1024

/**
 * Sends webhooks to where they may lead. The name is looked up once, every address that comes of it is looked at, and the
 * connection goes to just that one, so that a name which leads elsewhere a moment later gains nothing. Redirects are not
 * followed; an answer is waited for so long, and not read.
 */
export function createWebhookSender(reach: Reach, resolve: typeof lookup = lookup, timeoutMs = longestMs): SendWebhook {
  return async (url, headers, body) => {
    const begun = performance.now()
    const outcome = await send(new URL(url), { headers, body, reach, timeoutMs, lookup: guarded(reach, resolve) }).then(
      status => ({ status, error: status >= 200 && status < 300 ? null : `It answered ${status}.` }),
      error => ({ status: null, error: explain(error, timeoutMs) }),
    )
    return { ...outcome, durationMs: Math.round(performance.now() - begun) }
  }
}

type Sending = {
  headers: Record<string, string>
  body: string
  reach: Reach
  timeoutMs: number
  lookup: LookupFunction
}

async function send(url: URL, { headers, body, reach, timeoutMs, lookup }: Sending): Promise<number> {
  const secure = url.protocol === 'https:'
  if (!secure && !reach.loopback) throw new Refused('It must begin with https://.')
  // A host that is an address is connected to without being looked up.
  const host = bare(url.hostname)
  if (isIP(host) !== 0 && !isReachable(host, reach)) throw new Refused(notPublic)
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    lookup,
    // No connection outlives its message, or is one that was made under another name.
    agent: false,
    maxHeaderSize: 16 * 1024,
    signal: AbortSignal.timeout(timeoutMs),
  }
  return new Promise<number>((resolve, reject) => {
    const sending = (secure ? request : plainRequest)(url, options, response => {
      let received = 0
      response.on('data', ({ length }: Buffer) => {
        received += length
        if (received > mostBytes) response.destroy()
      })
      response.on('error', () => {})
      response.on('close', () => resolve(response.statusCode ?? 0))
    })
    sending.on('error', reject)
    sending.end(body)
  })
}

const notPublic = 'It leads to an address that is not public.'

class Refused extends Error {}

/** A look-up that gives only addresses which may be reached, and fails when one of them may not. */
function guarded(reach: Reach, resolve: typeof lookup): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      const addresses = (found ?? []) as LookupAddress[]
      const [first] = addresses
      if (error || !first) return done(error ?? new Refused('It leads to no address.'), '', 0)
      if (!addresses.every(({ address }) => isReachable(address, reach))) return done(new Refused(notPublic), '', 0)
      if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}

/** For people, and with nothing of our network in it. */
function explain(error: Error & { code?: string }, timeoutMs: number): string {
  if (error instanceof Refused) return error.message
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return `It did not answer within ${timeoutMs / 1000} seconds.`
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'Its name leads to no address.'
  if (error.code === 'ECONNREFUSED') return 'It refused the connection.'
  if (error.code?.startsWith('ERR_TLS') || /CERT|SELF_SIGNED/i.test(error.code ?? ''))
    return 'Its certificate is not valid.'
  return 'The connection failed.'
}
