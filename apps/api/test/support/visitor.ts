import { AssertionError, deepEqual, equal, ok } from 'node:assert/strict'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { FieldError, Problem } from '@spintrack/contract/problem-details'
import { type ProblemCode, problems } from '@spintrack/contract/problems'
import type { InjectOptions } from 'fastify'
import type { App } from '../../src/types.ts'

/** Somebody who sends requests and keeps cookies, like a browser's tab or a script with a jar. */
export type Visitor = {
  /** The cookies kept, by name. */
  cookies: Map<string, string>
  /** Sent with every request unless it says otherwise. */
  headers: Record<string, string>
  /** The same person's other tab: the same cookies, headers of its own. */
  tab(headers: Record<string, string>): Visitor
  /** Sends a request; paths are without the prefix, unless they begin with /api or /health. */
  send<T>(method: string, path: string, options?: Options): Pending<T>
  get<T>(path: string, headers?: Headers): Pending<T>
  post<T>(path: string, body: unknown, headers?: Headers): Pending<T>
  put<T>(path: string, body: unknown, headers?: Headers): Pending<T>
  patch<T>(path: string, body: unknown, headers?: Headers): Pending<T>
  delete<T>(path: string, headers?: Headers): Pending<T>
}

/** undefined takes a header away that would be sent otherwise. */
type Headers = Record<string, string | undefined>
type Options = { body?: unknown; headers?: Headers }

export type Answer<T> = {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  bytes: Buffer
  body: T
  /** The code of a refusal. */
  code: ProblemCode | undefined
  errors: FieldError[]
  setCookies: string[]
}

/** An answer to come, of which a status or a refusal can be demanded. */
export type Pending<T> = Promise<Answer<T>> & { expect(expected: number | ProblemCode): Promise<Answer<T>> }

/** Somebody without cookies yet. */
export function visitor(app: App, cookies = new Map<string, string>(), headers: Record<string, string> = {}): Visitor {
  const send = <T>(method: string, path: string, options: Options = {}): Pending<T> => {
    const answer = request<T>(app, cookies, method, path, { ...options, headers: { ...headers, ...options.headers } })
    return Object.assign(answer, {
      async expect(expected: number | ProblemCode) {
        const received = await answer
        const { status, code, text } = received
        if ((typeof expected === 'number' ? status : code) === expected) return received
        const message = `expected ${method} ${path} to answer ${expected}, got ${status} ${text.slice(0, 500)}`
        throw new AssertionError({ message, actual: code ?? status, expected })
      },
    })
  }
  return {
    cookies,
    headers,
    send,
    tab: own => visitor(app, cookies, own),
    get: (path, own) => send('GET', path, { ...(own && { headers: own }) }),
    post: (path, body, own) => send('POST', path, { body, ...(own && { headers: own }) }),
    put: (path, body, own) => send('PUT', path, { body, ...(own && { headers: own }) }),
    patch: (path, body, own) => send('PATCH', path, { body, ...(own && { headers: own }) }),
    delete: (path, own) => send('DELETE', path, { ...(own && { headers: own }) }),
  }
}

/** The address of a route, whose prefix may be left out. */
export function address(path: string): string {
  return /^\/(api|health)\b|^\/$/.test(path) ? path : `/api/v1${path}`
}

async function request<T>(
  app: App,
  cookies: Map<string, string>,
  method: string,
  path: string,
  { body, headers = {} }: Options,
): Promise<Answer<T>> {
  const all: Headers = {
    // As a script with a cookie jar does: the content type is what shows that no other site's form sent it.
    'content-type': method === 'GET' || method === 'HEAD' ? undefined : 'application/json',
    cookie: cookies.size > 0 ? [...cookies].map(pair => pair.join('=')).join('; ') : undefined,
    ...headers,
  }
  const response = await inject(app, {
    method: method as NonNullable<InjectOptions['method']>,
    url: address(path),
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    ...(body !== undefined && {
      payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    }),
  } as InjectOptions)
  const setCookies = [response.headers['set-cookie'] ?? []].flat()
  for (const line of setCookies) keep(cookies, line)
  const json = /[/+]json/.test(String(response.headers['content-type'])) && response.payload !== ''
  const parsed = json ? JSON.parse(response.payload) : undefined
  const answer: Answer<T> = {
    status: response.statusCode,
    headers: response.headers as Answer<T>['headers'],
    text: response.payload,
    bytes: response.rawPayload,
    body: parsed as T,
    code: response.statusCode >= 400 ? parsed?.code : undefined,
    errors: response.statusCode >= 400 ? (parsed?.errors ?? []) : [],
    setCookies,
  }
  holdToTheRules(`${method} ${path}`, answer)
  return answer
}

/** What an answer says; of an event stream what it begins with, whereupon we hang up. */
async function inject(app: App, options: InjectOptions) {
  if (!String(options.url).startsWith('/api/v1/events')) return app.inject(options)
  const response = await app.inject({ ...options, payloadAsStream: true })
  const { headers, statusCode } = response
  const endless = String(headers['content-type']).startsWith('text/event-stream')
  const rawPayload = await (endless ? beginning : buffer)(response.stream())
  if (endless) response.raw.res.destroy()
  return { headers, statusCode, rawPayload, payload: String(rawPayload) }
}

/** Two events, or the first one and some time in which no other came. */
async function beginning(stream: Readable): Promise<Buffer> {
  let text = ''
  for await (const piece of stream.iterator({ destroyOnReturn: false })) {
    text += piece
    if (count(text, '\nevent: ') > 1 || count(text, ':\n\n') > 2) break
  }
  return Buffer.from(text)
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}

function keep(cookies: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name)
  else cookies.set(name, value)
}

/** What the contract says of every answer, checked on every answer of every test. */
function holdToTheRules(route: string, { status, headers, text, body }: Answer<unknown>): void {
  ok(headers['x-request-id'], `${route}: every answer names its request`)
  // The reference's script is a file, the same for everybody.
  if (!route.endsWith('/api/docs/reference.js'))
    equal(headers['cache-control'], 'no-store', `${route}: no answer is kept`)
  // `/api` itself is an address of the web.
  if (!/ \/(health\/|api$)/.test(route))
    for (const name of ['limit', 'remaining', 'reset']) ok(headers[`ratelimit-${name}`], `${route}: tells its limits`)
  if (status < 400 || route.startsWith('HEAD ')) return
  if (route.startsWith('GET /health/')) return
  equal(headers['content-type'], 'application/problem+json; charset=utf-8', `${route}: ${status} ${text}`)
  const problem = body as Problem
  const entry = problems[problem.code]
  ok(entry, `${route}: the catalogue has ${problem.code}`)
  deepEqual([problem.status, problem.title], [entry.status, entry.title], `${route}: as the catalogue says`)
  equal(status, entry.status)
  equal(problem.requestId, headers['x-request-id'])
  ok(problem.type && problem.detail, `${route}: says what kind of problem, and what to do`)
  if (status === 503) ok(headers['retry-after'], `${route}: 503 says when to come back`)
  ok(
    !/\n\s+at |node_modules|\.ts:\d|select |insert into|params:/i.test(text),
    `${route}: tells nothing of the inside: ${text}`,
  )
}
