import type { Send } from './send.ts'

/** There the header means nothing, and what is sent has a password in it. */
const keyless = ['/api/v1/signup', '/api/v1/session']

/**
 * Sends each POST under an Idempotency-Key: the caller's, else a new one. However often it is sent under that key within
 * a day, it takes effect once.
 */
export function withKeys(send: Send): Send {
  return request => {
    if (takesKey(request) && !request.headers.has('Idempotency-Key')) request.headers.set('Idempotency-Key', newKey())
    return send(request)
  }
}

/** Whether the API heeds an Idempotency-Key on this request. */
export function takesKey(request: Request): boolean {
  return request.method === 'POST' && !keyless.some(path => new URL(request.url).pathname.endsWith(path))
}

/** A key that nobody had before. Not `randomUUID`, which browsers have on https alone. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), word => word.toString(36)).join('')
}
