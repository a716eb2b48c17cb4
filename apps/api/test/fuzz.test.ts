import { deepEqual, ok } from 'node:assert/strict'
import type { Invitation } from '@spintrack/contract/invitations'
import type { Template } from '@spintrack/contract/templates'
import { newToken } from '@spintrack/domain/token-format'
import fc from 'fast-check'
import t from 'tap'
import { addSpin, addSpinner, addToken, type Person, startApi, word } from './support/api.ts'
import { allowed, refused } from './support/arbitraries.ts'
import { type Call, calls } from './support/calls.ts'
import { contents } from './support/contents.ts'
import { type Operation, type Parameter, readDocument } from './support/document.ts'
import { png } from './support/images.ts'
import { doneExport, makeTarget, renew, type Victim } from './support/target.ts'
import type { Answer } from './support/visitor.ts'

// Whoever reads the OpenAPI document and sends what it allows gets what it promises. Whoever sends anything else is
// refused, as it says, and nothing has changed.

/** Of each kind for each operation. */
const runs = Number(process.env.FUZZ_RUNS ?? 100)
const document = await readDocument()
const api = await startApi(t)
const foreign = await makeTarget(api)
let victim = await makeTarget(api)

for (const operation of document.operations) {
  t.test(`${operation.name} keeps to its document`, async t => {
    const target = await makeTarget(api)
    const requests = requestsOf(operation, target)
    let accepted = 0
    const send = async (request: Request) => {
      const { who, id } = await prepare(operation, target, request)
      const answer = await sendAs(who, operation, id === undefined ? request : { ...request, id })
      documented(operation, answer)
      ok(beyondTheDocument(operation, answer) || answer.code !== 'invalid_request', `${answer.status} ${answer.text}`)
      if (answer.status < 300) accepted++
      if (answer.status < 300 && operation.method === 'DELETE' && operation.url.endsWith('/:id'))
        await gone(operation, target, id ?? request.id ?? '')
    }
    // First what the other tests send, which is known to work.
    const examples: [Request][] = requests.map(request => [request])
    await fc.assert(fc.asyncProperty(valid(operation, target, requests), send), { numRuns: runs, examples })
    t.ok(accepted > 0, `${accepted} of ${runs} requests that the document allows are accepted, the others as it says`)
  })

  t.test(`${operation.name} refuses what its document does not allow`, async t => {
    victim = await renew(api, victim)
    const requests = requestsOf(operation, victim)
    for (const { prepare } of requests) await prepare?.(api)
    const owner = await logIn(victim)
    const before = await contents(api, victim)
    const send = async ({ what, request, expected }: Broken) => {
      const answer = await sendAs(request.anonymous ? api.stranger() : owner, operation, request)
      documented(operation, answer)
      const said = answer.code ?? String(answer.status)
      ok(expected.includes(said), `${what}: expected ${expected.join(' or ')}, got ${answer.status} ${answer.text}`)
    }
    await fc.assert(fc.asyncProperty(broken(operation, requests), send), { numRuns: runs })
    t.strictSame(await contents(api, victim), before, `${runs} of them change nothing`)
  })
}

/** A request to an operation, whose address it need not say. */
type Request = Omit<Call, 'headers'> & {
  search: string
  headers?: Record<string, string | undefined>
  anonymous?: boolean
}
type Broken = { what: string; request: Request; expected: string[] }

/** The requests to it that work, from the table of all routes. */
function requestsOf({ name }: Operation, target: Victim): Request[] {
  return (calls[name]?.(target) ?? []).map(({ own, ownId, query, ...call }) => ({
    ...call,
    body: own ?? call.body,
    ...(ownId !== undefined && { id: ownId }),
    search: query?.slice(1) ?? '',
  }))
}

async function logIn({ owner, company }: Victim): Promise<Person> {
  return { ...owner, ...(await api.logIn(owner)).tab({ 'x-company': company.id }) }
}

/** Makes what can be deleted only once, and logs in again who logs out. */
async function prepare(
  { name, secured }: Operation,
  target: Victim,
  request: Request,
): Promise<{ who: Pick<Person, 'send'>; id?: string }> {
  await request.prepare?.(api)
  if (!secured) return { who: api.stranger() }
  const { owner } = target
  const make: Record<string, () => Promise<string>> = {
    'DELETE /api/v1/spinners/:id': async () => (await addSpinner(owner)).id,
    'DELETE /api/v1/spins/:id': async () => (await addSpin(owner, target.spinner)).id,
    'DELETE /api/v1/members/:id': async () => api.join(target.company, await api.person(), 'member'),
    'DELETE /api/v1/invitations/:id': async () =>
      (await owner.post<Invitation>('/invitations', { role: 'member' }).expect(201)).body.id,
    'DELETE /api/v1/tokens/:id': async () => (await addToken(owner)).id,
    'DELETE /api/v1/exports/:id': () => doneExport(api, owner),
    'DELETE /api/v1/templates/:id': async () => {
      const body = { name: word('Template'), contents: 'spinners' }
      return (await owner.post<Template>('/templates', body).expect(201)).body.id
    },
  }
  if (name === 'DELETE /api/v1/company') await owner.delete('/company/deletion')
  if (name === 'DELETE /api/v1/company/logo')
    await owner.put('/company/logo', png(), { 'content-type': 'image/png', 'sec-fetch-site': 'none' }).expect(204)
  if (name === 'DELETE /api/v1/session') return { who: await logIn(target) }
  const id = await make[name]?.()
  return id === undefined ? { who: owner } : { who: owner, id }
}

function sendAs(who: Pick<Person, 'send'>, { method, url }: Operation, request: Request) {
  const { id = '', search, body, headers } = request
  const path = `${url.replace(/:(id|token)/, encodeURIComponent(id))}${search && `?${search}`}`
  return who.send(method, path, { ...(body !== undefined && { body }), ...(headers && { headers }) })
}

/** An answer is one of those that the document lists for the operation, in the type and shape that it gives there. */
function documented({ name, responses }: Operation, { status, headers, text, body, code }: Answer<unknown>): void {
  ok(status < 500, `${name}: ${status} ${text}`)
  const response = responses[status]
  ok(response, `${name} documents ${status}: ${text}`)
  ok(code === undefined || response.description.includes(`\`${code}\``), `${name} documents ${code}`)
  const [type = ''] = String(headers['content-type'] ?? '').split(';')
  if (!response.content) {
    deepEqual(text, '', `${name}: ${status} has no body`)
    return
  }
  const { schema } = response.content[type] ?? {}
  ok(schema, `${name} documents ${type} for ${status}`)
  if (!/json$/.test(type)) return
  const validate = document.validator(schema)
  ok(validate(body), `${name}: ${JSON.stringify(validate.errors)} in ${text}`)
}

/** Refusals of values whose shape is right, for reasons that a schema cannot say. */
function beyondTheDocument({ name }: Operation, { errors }: Answer<unknown>): boolean {
  const reasons: Record<string, string[]> = {
    'POST /api/v1/webhooks': ['/body/url'],
    'PATCH /api/v1/webhooks/:id': ['/body/url'],
    'POST /api/v1/tokens': ['/body/expiresAt'],
    'PATCH /api/v1/me': ['/body/currentPassword'],
  }
  return errors.length > 0 && errors.every(({ path }) => reasons[name]?.includes(path))
}

/** What was deleted is there for nobody, whatever is done with it. */
async function gone({ url }: Operation, target: Victim, id: string): Promise<void> {
  for (const sibling of document.operations.filter(other => other.url === url)) {
    const body = calls[sibling.name]?.(target)[0]?.body
    const { code } = await target.owner.send(sibling.method, url.replace(':id', id), {
      ...(body !== undefined && { body }),
    })
    deepEqual(code, 'not_found', `${sibling.name} after it was deleted`)
  }
}

/**
 * A request that the document allows, begun from one that works: what it names must be there, so ids are those of that
 * one, and each other value is its or any that the schema takes.
 */
function valid(operation: Operation, target: Victim, requests: Request[]): fc.Arbitrary<Request> {
  return fc.constantFrom(...requests).chain(request =>
    fc
      .record({
        generated: operation.body ? allowed(document, operation.body) : fc.constant(undefined),
        kept: fc.infiniteStream(fc.boolean()),
        search: searches(operation.query, request.search),
        headers: headersOf(operation, target),
      })
      .map(({ generated, kept, search, headers }) => ({
        ...request,
        search,
        headers: { ...headers, ...request.headers },
        ...(operation.body && { body: merge(generated as Json, request.body as Json, kept) }),
      })),
  )
}

type Json = Record<string, unknown>

const isId = (value: unknown) =>
  [value].flat().some(one => typeof one === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(one))

function merge(generated: Json, known: Json, kept: Iterator<boolean>): Json {
  const merged: Json = {}
  for (const [name, value] of Object.entries({ ...known, ...generated })) {
    if (!isId(value) && !isId(known[name]) && !(kept.next().value && name in known)) merged[name] = value
    else if (name in known) merged[name] = known[name]
  }
  return merged
}

function searches(query: Parameter[], known: string): fc.Arbitrary<string> {
  const free = query.filter(({ name, schema }) => name !== 'cursor' && schema.format !== 'uuid')
  const values = Object.fromEntries(free.map(({ name, schema }) => [name, allowed(document, schema)]))
  return fc.record(values, { requiredKeys: [] }).map(chosen => {
    const search = new URLSearchParams(known)
    for (const [name, value] of Object.entries(chosen)) if (!search.has(name)) search.set(name, String(value))
    return search.toString()
  })
}

function headersOf({ headers }: Operation, { company }: Victim): fc.Arbitrary<Record<string, string | undefined>> {
  const values: Record<string, fc.Arbitrary<string>> = {
    'Idempotency-Key': fc.stringMatching(/^[!-~]{1,255}$/),
    'If-Match': fc.constant('*'),
    'If-None-Match': fc.constantFrom('*', '"1"', 'W/"none"'),
    'X-Company': fc.constant(company.id),
  }
  return fc.record(Object.fromEntries(headers.map(name => [name, values[name] ?? fc.constant('')])), {
    requiredKeys: [],
  })
}

/** A request that works with one thing in it made wrong, and what must be said of it. */
function broken(operation: Operation, requests: Request[]): fc.Arbitrary<Broken> {
  const { method, url, query, body, headers, secured } = operation
  const request = fc.constantFrom(...requests)
  const ways: fc.Arbitrary<Broken>[] = []
  const way = (what: string, change: fc.Arbitrary<(request: Request) => Request>, ...expected: string[]) =>
    ways.push(fc.tuple(request, change).map(([known, changed]) => ({ what, request: changed(known), expected })))
  const header = (what: string, name: string, values: fc.Arbitrary<string>, ...expected: string[]) =>
    way(
      what,
      values.map(value => known => ({ ...known, headers: { ...known.headers, [name]: value } })),
      ...expected,
    )

  if (body) {
    const { properties = {}, required = [] } = document.resolve(body)
    const replace = (name: string, values: fc.Arbitrary<unknown>) =>
      values.map(value => (known: Request) => ({ ...known, body: { ...(known.body as Json), [name]: value } }))
    for (const [name, schema] of Object.entries(properties))
      way(`a wrong ${name}`, replace(name, refused(document, schema)), 'invalid_request')
    for (const name of required) way(`no ${name}`, replace(name, fc.constant(undefined)), 'invalid_request')
    const unknown = fc.stringMatching(/^[a-z_]{1,12}$/).filter(name => !(name in properties))
    way(
      'an unknown field',
      unknown.chain(name => replace(name, fc.jsonValue())),
      'invalid_request',
    )
    const instead = (values: fc.Arbitrary<unknown>) =>
      values.map(value => (known: Request) => ({ ...known, body: value }))
    way('another body', instead(refused(document, body).map(value => JSON.stringify(value))), 'invalid_request')
    way('no JSON', instead(fc.string({ minLength: 1 }).filter(text => !isJson(text))), 'invalid_request')
    const types = fc.constantFrom('text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'json')
    // Without a JSON body it might come from another site's form.
    header('another type', 'content-type', types, 'unsupported_media_type', 'cross_site_request')
  }
  for (const { name, schema } of query) {
    const wrong = schema.type === 'integer' ? wrongNumbers : refused(document, schema).filter(isText)
    const set = (values: fc.Arbitrary<string>) =>
      values.map(value => (known: Request) => {
        const search = new URLSearchParams(known.search)
        search.set(name, value)
        return { ...known, search: search.toString() }
      })
    way(`a wrong ${name}`, set(name === 'cursor' ? fc.string() : (wrong as fc.Arbitrary<string>)), 'invalid_request')
    const twice = (known: Request) => ({ ...known, search: `${name}=1&${name}=2` })
    way(`${name} twice`, fc.constant(twice), 'invalid_request')
  }
  if (url.includes(':id')) {
    const id = (values: fc.Arbitrary<string>) => values.map(value => (known: Request) => ({ ...known, id: value }))
    way(
      'no id',
      id(fc.oneof(fc.webSegment(), fc.string()).filter(text => !/^\.{0,2}$/.test(text))),
      'invalid_request',
      'not_found',
    )
    way('an unknown id', id(fc.uuid({ version: 7 })), 'not_found')
    const theirs = requestsOf(operation, foreign).flatMap(({ id }) => id ?? [])
    way('an id of another company', id(fc.constantFrom(...theirs)), 'not_found')
  }
  if (url.includes(':token')) {
    const tokens = fc.oneof(fc.stringMatching(/^[\w-]{43}$/), fc.uuid({ version: 7 }), fc.webSegment())
    const free = tokens.filter(text => !/^\.{0,2}$/.test(text))
    way(
      'no such token',
      free.map(id => (known: Request) => ({ ...known, id })),
      'token_invalid',
      'invalid_request',
    )
  }
  if (headers.includes('X-Company')) {
    const { id, slug } = foreign.company
    header('another company', 'x-company', fc.constantFrom(id, slug, id.toUpperCase()), 'company_not_found')
    header('no company', 'x-company', fc.oneof(fc.uuid(), fc.stringMatching(/^[!-~]{1,60}$/)), 'company_not_found')
  }
  if (headers.includes('If-Match'))
    header('a stale version', 'if-match', fc.constantFrom('"0"', '"999999999"', 'W/"1"', '"x"', 'x'), 'stale_version')
  if (headers.includes('Idempotency-Key'))
    header('too long a key', 'idempotency-key', fc.stringMatching(/^[!-~]{256,300}$/), 'invalid_request')
  if (secured) {
    way(
      'nobody',
      fc.constant(known => ({ ...known, anonymous: true })),
      'unauthenticated',
    )
    const tokens = fc.oneof(
      fc.stringMatching(/^[!-~]{1,60}$/),
      fc.constant('').map(() => `Bearer ${newToken()}`),
      fc.constantFrom('Bearer', 'Bearer spin_', 'Basic dTpw'),
    )
    header('no such token', 'authorization', tokens, 'unauthenticated')
  }
  if (method !== 'GET')
    header('another site', 'sec-fetch-site', fc.constantFrom('cross-site', 'same-site', 'x'), 'cross_site_request')
  return fc.oneof(...ways)
}

const isText = (value: unknown) => typeof value === 'string'
const wrongNumbers = fc.constantFrom(
  '',
  '0',
  '-1',
  '101',
  '1.5',
  'x',
  '1e1',
  ' 1',
  '0x1',
  'NaN',
  '99999999999999999999',
)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
