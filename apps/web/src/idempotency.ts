import type { Send } from '@spintrack/client/send'

/** Requests whose answer never came, or was no answer, with the key they were sent under. */
const unanswered = new Map<string, string>()

/**
 * Keeps the Idempotency-Key of a request when no answer came. Whoever tries again sends the same, and it gets the key of
 * the first one: what had been stored after all is then not stored twice. A file keeps the key it was sent under: it may be
 * too large to be held against others.
 */
export function underKey(send: Send): Send {
  return async request => {
    const newKey = request.headers.get('Idempotency-Key')
    if (newKey === null || isFile(request)) return send(request)
    const what = [request.url, request.headers.get('X-Company'), await request.clone().text()].join('\n')
    const key = unanswered.get(what) ?? newKey
    unanswered.set(what, key)
    request.headers.set('Idempotency-Key', key)
    const response = await send(request)
    // 409: it may be the first one that still runs. Any other refusal stored nothing.
    if (response.status < 500 && response.status !== 409) unanswered.delete(what)
    return response
  }
}

function isFile({ headers }: Request): boolean {
  const type = headers.get('Content-Type')
  return type !== null && !type.startsWith('application/json')
}

/** For whoever uses this tab next. */
export function forgetUnanswered() {
  unanswered.clear()
}
