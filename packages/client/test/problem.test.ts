import t from 'tap'
import { createSpintrackClient } from '../src/client.ts'
import { ApiProblem, unwrap } from '../src/problem.ts'
import { retryAfterMs } from '../src/retry-after.ts'
import { type Planned, serve } from './support/server.ts'

t.test('what succeeded is the data', async t => {
  t.strictSame(await unwrap((await client(t, { status: 200, body: { id: '1' } })).GET('/api/v1/company')), { id: '1' })
  t.equal(await unwrap((await client(t, { status: 204 })).DELETE('/api/v1/session')), undefined)
})

t.test('a problem has everything the API said, typed', async t => {
  const body = {
    type: 'about:blank',
    title: 'The request is not valid',
    status: 400,
    code: 'invalid_request',
    detail: 'durationMs must be a whole number.',
    requestId: 'req-1',
    errors: [{ path: '/body/durationMs', message: 'must be a whole number' }],
  }
  const problem = await refused(t, { status: 400, body })
  const { code, status, title, detail, requestId, errors, retryAfter } = problem
  t.strictSame({ type: body.type, code, status, title, detail, requestId, errors }, body)
  t.equal(problem.message, body.detail)
  t.equal(retryAfter, undefined)
})

t.test('a problem says when to come again, in seconds', async t => {
  const body = { code: 'rate_limited' }
  t.equal((await refused(t, { status: 429, headers: { 'Retry-After': '17' }, body })).retryAfter, 17)
})

t.test('an answer that is not from the API is told apart', async t => {
  for (const body of [undefined, '<h1>502</h1>', null, {}]) {
    t.match(await refused(t, { status: 502, body }), { code: 'unexplained', status: 502, errors: [] })
  }
})

t.test('no answer is a problem too, with its reason', async t => {
  const problem = await refused(t, 'lost')
  t.match(problem, { code: 'unreachable', status: 0, cause: TypeError })
})

t.test('an aborted call throws the reason of its signal', async t => {
  const signal = AbortSignal.abort('changed my mind')
  const call = unwrap((await client(t, { status: 200 })).GET('/api/v1/company', { signal }))
  t.equal(await call.catch(reason => reason), 'changed my mind')
})

t.test('Retry-After is understood in both forms, and ignored in any other', async t => {
  const now = Date.parse('2026-01-01T12:00:00Z')
  const cases: [string | undefined, number | undefined][] = [
    ['0', 0],
    ['120', 120_000],
    ['Thu, 01 Jan 2026 12:00:05 GMT', 5_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ]
  for (const [value, ms] of cases) {
    t.equal(
      retryAfterMs(new Response(null, { headers: value ? { 'Retry-After': value } : {} }), now),
      ms,
      String(value),
    )
  }
})

type Test = Parameters<typeof serve>[0]

async function client(t: Test, plan: Planned) {
  return createSpintrackClient({ baseUrl: (await serve(t, plan)).url, retries: false })
}

async function refused(t: Test, plan: Planned): Promise<ApiProblem> {
  const error = await unwrap((await client(t, plan)).GET('/api/v1/company')).catch(error => error)
  if (!(error instanceof ApiProblem)) throw error
  return error
}
