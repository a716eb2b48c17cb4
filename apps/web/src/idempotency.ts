/** There the header means nothing, and what is sent has a password in it. */
const keyless = ['/api/v1/signup', '/api/v1/session']

/** Requests whose answer never came, or was no answer, with the key they were sent under. */
const unanswered = new Map<string, string>()

/**
 * Sends each POST under an Idempotency-Key. When no answer came, whoever tries again sends the same, and it gets the same
 * key: what had been stored after all is then not stored twice.
 */
export function underKey(send: (request: Request) => Promise<Response>): (request: Request) => Promise<Response> {
  return async request => {
    if (request.method !== 'POST' || keyless.includes(new URL(request.url).pathname)) return send(request)
    const what = [request.url, request.headers.get('X-Company'), await request.clone().text()].join('\n')
    const key = unanswered.get(what) ?? newKey()
    unanswered.set(what, key)
    request.headers.set('Idempotency-Key', key)
    const response = await send(request)
    // 409: it may be the first one that still runs. Any other refusal stored nothing.
    if (response.status < 500 && response.status !== 409) unanswered.delete(what)
    return response
  }
}

/** For whoever uses this tab next. */
export function forgetUnanswered() {
  unanswered.clear()
}

/** Not `randomUUID`, which browsers have on https alone. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), word => word.toString(36)).join('')
}
