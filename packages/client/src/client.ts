import createClient, { type Client } from 'openapi-fetch'
import { type CookieJar, withCookies } from './cookies.ts'
import type { paths } from './generated/schema.ts'
import { withKeys } from './keys.ts'
import { type Retries, withRetries } from './retries.ts'
import type { Send } from './send.ts'
import { WatchfulRequest } from './streams.ts'

/** A client of the Spintrack API whose paths, parameters and answers are typed from the OpenAPI document. */
export type SpintrackClient = Client<paths>

export type SpintrackOptions = {
  /** Where the product runs, such as https://spintrack.example; left out in a page that the product itself serves. */
  baseUrl?: string
  /** An API token, `spin_…`, which is for one company. */
  token?: string
  /** Keeps the session of a script that logs in as a person. */
  cookies?: CookieJar
  /** The id or slug of the company that requests are about; else it is the one chosen in the session. */
  company?: string
  /** How often and how long to try again; `false` for once. */
  retries?: Partial<Retries> | false
  /** Sends one try; the platform's fetch when left out. */
  fetch?: Send
}

/**
 * Makes a client. Its methods resolve to `{ data, error, response }`, where `error` is a Problem; `unwrap` makes that the
 * data, or an ApiProblem thrown. What one call says in `headers` or `signal` is for that call.
 */
export function createSpintrackClient(options: SpintrackOptions = {}): SpintrackClient {
  const { baseUrl, token, cookies, company, retries, fetch = request => globalThis.fetch(request) } = options
  const once = cookies ? withCookies(fetch, cookies) : fetch
  return createClient<paths>({
    ...(baseUrl !== undefined && { baseUrl }),
    headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(company && { 'X-Company': company }) },
    Request: WatchfulRequest,
    fetch: withKeys(retries === false ? once : withRetries(once, retries)),
  })
}
