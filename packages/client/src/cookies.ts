import type { Send } from './send.ts'

/**
 * The cookies of one installation, for a script that logs in as a person. A browser keeps its own. Give each person a jar
 * of their own; as text it is as good as their password while the session lasts.
 */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  /** `saved` is what `String(jar)` was, to go on with the session of an earlier run. */
  constructor(saved = '') {
    for (const pair of saved.split('; ').filter(Boolean)) this.#keep(pair)
  }

  /** As the Cookie header has it. */
  toString(): string {
    return Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Keeps what an answer sets, and drops what it expires. */
  take(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split(';')
      this.#keep(pair, attributes.some(isOver))
    }
  }

  #keep(pair: string, over = false) {
    const [name = '', value = ''] = pair.split(/=(.*)/s).map(part => part.trim())
    if (over) this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}

/** Sends the cookies of the jar and keeps what the answers set. */
export function withCookies(send: Send, jar: CookieJar): Send {
  return async request => {
    const cookies = String(jar)
    if (cookies) request.headers.set('Cookie', cookies)
    // What a browser says when no page made it ask: the API refuses cookies that another site may have sent along.
    request.headers.set('Sec-Fetch-Site', 'none')
    const response = await send(request)
    jar.take(response)
    return response
  }
}

function isOver(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split(/=(.*)/s).map(part => part.trim())
  if (/^max-age$/i.test(name)) return Number(value) <= 0
  return /^expires$/i.test(name) && Date.parse(value) <= Date.now()
}
