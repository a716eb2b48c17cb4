import { withKeys } from '@spintrack/client/keys'
import t from 'tap'
import { forgetUnanswered, underKey } from '../src/idempotency.ts'

t.test('whoever tries again after a lost answer sends the same key, and a new one for anything else', async t => {
  const lost = await post(undefined)
  t.match(lost, /^\w{8,}$/)
  t.equal(await post(503), lost)
  t.equal(await post(409), lost, 'the first one may still be running')
  t.not(await post(201, { body: { note: 'other' } }), lost, 'another body')
  t.not(await post(201, { company: 'globex' }), lost, 'another company')
  t.not(await post(201, { path: '/spinners' }), lost, 'another address')
  t.equal(await post(201), lost)
  t.not(await post(201), lost, 'it was answered')
})

t.test('a refusal is an answer', async t => {
  for (const status of [400, 404, 422, 429]) t.not(await post(status), await post(201), String(status))
})

t.test('the next person in this tab begins anew', async t => {
  const lost = await post(undefined)
  forgetUnanswered()
  t.not(await post(201), lost)
})

t.test('what cannot take effect twice or holds a password has no key', async t => {
  t.equal(await post(200, { method: 'PATCH' }), null)
  t.equal(await post(200, { path: '/session' }), null)
  t.equal(await post(200, { path: '/signup' }), null)
})

t.test('a file is not held against others: it is sent under the key it has', async t => {
  const lost = await post(undefined, { type: 'text/csv' })
  t.not(await post(201, { type: 'text/csv' }), lost)
})

/** Sends a request that is answered with `status`, or not at all. Returns the key it was sent under. */
async function post(
  status: number | undefined,
  { method = 'POST', path = '/spins', company = 'acme', type = 'application/json', body = { note: 'mine' } } = {},
): Promise<string | null> {
  let key: string | null = null
  const send = withKeys(
    underKey(async request => {
      key = request.headers.get('Idempotency-Key')
      if (status === undefined) throw new TypeError('fetch failed')
      return new Response(null, { status })
    }),
  )
  await send(
    new Request(`http://spintrack.test/api/v1${path}`, {
      method,
      headers: { 'X-Company': company, 'Content-Type': type },
      body: JSON.stringify(body),
    }),
  ).catch(() => {})
  return key
}
