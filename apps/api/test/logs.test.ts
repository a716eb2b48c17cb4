import { Writable } from 'node:stream'
import { hashToken } from '@spintrack/domain/token-format'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { addSpin, addSpinner, addToken, startApi, withToken, word } from './support/api.ts'

type Line = Record<string, unknown> & { msg: string; reqId?: string; userId?: string; tenantId?: string; level: number }

/** Somewhere to log to, and everything that was. */
function logbook() {
  const written: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  return {
    logger: { level: 'trace', stream },
    text: () => written.join(''),
    lines: () =>
      written
        .join('')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as Line),
  }
}

t.test('no line has a password, a cookie, a session id or a token, whatever the request does', async t => {
  const log = logbook()
  const api = await startApi(t, { logger: log.logger })
  const secret = word('secret-password')
  const email = `${word('ada')}@example.com`
  const ada = api.stranger()
  await ada.post('/signup', { email, password: secret, name: 'Ada' }).expect(201)
  const cookies = [...ada.cookies.values()]
  await ada.post('/companies', { name: 'Company' }).expect(201)
  await addSpin(ada, await addSpinner(ada))
  await api
    .stranger()
    .post('/session', { email, password: `${secret}-wrong` })
    .expect('invalid_credentials')
  await api.stranger().post('/session', `{"email":"${email}","password":"${secret}`).expect('invalid_request')
  await api
    .stranger()
    .post('/signup', { email, password: secret, name: 'Ada', admin: secret })
    .expect('invalid_request')
  await api
    .stranger()
    .post('/session', { email: `${email}\u0000`, password: secret })
    .expect('invalid_request')
  await ada.get('/spinners', { authorization: `Bearer spin_${secret}` }).expect('unauthenticated')
  const { id, token } = await addToken(ada)
  await withToken(api, token).get('/spinners').expect(200)
  await withToken(api, token).post('/spinners', `{"name":"${token}`).expect('invalid_request')
  await withToken(api, `${token}x`).get('/spinners').expect('unauthenticated')
  await ada.delete(`/tokens/${id}`).expect(204)
  await withToken(api, token).get('/spinners').expect('unauthenticated')
  for (const path of ['/invites/', '/email-verifications/', '/password-resets/']) await ada.get(path + secret)
  for (const path of ['/invite/', '/verify/', '/reset/']) await ada.get(`${path}${secret}?q=1`)
  await ada
    .post('/spinners', { serialNumber: '1', name: 'x' }, { 'sec-fetch-site': 'cross-site' })
    .expect('cross_site_request')
  const again = api.stranger()
  await again.post('/session', { email, password: secret }).expect(200)
  cookies.push(...again.cookies.values())
  await again.delete('/session').expect(204)
  t.ok(log.lines().length > 10, 'there is something to look through')
  t.notMatch(log.text(), secret)
  for (const cookie of cookies) {
    t.notMatch(log.text(), cookie)
    t.notMatch(log.text(), decodeURIComponent(cookie).split('.')[0])
  }
  t.notMatch(log.text(), token.slice(0, 12))
  t.notMatch(log.text(), hashToken(token))
  t.notMatch(log.text(), /authorization|bearer|set-cookie|argon2/i)
})

t.test('every line inside a request says which, and once they are known whose and in which tenant', async t => {
  const log = logbook()
  const api = await startApi(t, { logger: log.logger })
  const ada = await api.founder()
  const [row] = await api.sql('select tenant from companies where id = $1', [ada.company.id])
  const { headers } = await ada.get('/spinners').expect(200)
  const { headers: session } = await ada.get('/session').expect(200)
  const { headers: refused } = await ada.post('/spinners', {}).expect('invalid_request')
  const { id, token } = await addToken(ada)
  const { headers: script } = await withToken(api, token).get('/spinners').expect(200)
  const of = (id: unknown) => log.lines().filter(({ reqId }) => reqId === id)
  for (const id of [headers, refused].map(answered => answered['x-request-id'])) {
    const [first, ...rest] = of(id)
    t.match(first, { msg: 'incoming request' })
    t.ok(rest.some(({ msg }) => msg === 'request completed'))
    for (const line of rest) t.match(line, { userId: ada.id, tenantId: row?.tenant }, line.msg)
  }
  for (const line of of(script['x-request-id']).slice(1)) {
    t.match(line, { userId: ada.id, tokenId: id, tenantId: row?.tenant }, line.msg)
  }
  for (const line of of(session['x-request-id']).slice(1)) t.match(line, { userId: ada.id }, line.msg)
  t.ok(log.lines().every(({ reqId, msg }) => reqId || !/request/.test(msg)))
})

t.test('of a failed query the log has the cause and not the parameters, and the answer has neither', async t => {
  const log = logbook()
  const canary = word('canary')
  let broken = false
  const tenancy = (whole: Tenancy): Tenancy => ({
    ...whole,
    scope: (tenant, options, work) =>
      whole.scope(tenant, options, async db => {
        if (broken) await db.execute(sql`select ${canary}::text, 1 / 0, 'no such' from nowhere where x = ${canary}`)
        return work(db)
      }),
  })
  const api = await startApi(t, { logger: log.logger, tenancy })
  const ada = await api.founder()
  broken = true
  const answers = [
    await ada.get('/spinners').expect('internal'),
    await ada.post('/spinners', { serialNumber: canary, name: canary }).expect('internal'),
  ]
  t.match(
    log.lines().filter(({ level }) => level >= 50),
    [{ code: 'internal', err: { code: '42P01' } }, { code: 'internal' }],
  )
  t.notMatch(log.text(), canary)
  for (const { text } of answers) t.notMatch(text, new RegExp(`${canary}|nowhere|42P01|relation`))
})

t.test('book-keeping that fails after the answer is logged without its parameters', async t => {
  const log = logbook()
  const api = await startApi(t, { logger: log.logger })
  const ada = await api.founder()
  await api.sql(`update sessions set last_seen_at = now() - interval '1 hour' where user_id = $1`, [ada.id])
  await api.sql(`revoke update on sessions from spintrack_app`)
  await ada.get('/spinners').expect(200)
  const deadline = Date.now() + 5_000
  const failures = () => log.lines().filter(({ level }) => level >= 40)
  while (failures().length < 1 && Date.now() < deadline) await new Promise(setImmediate)
  t.match(failures(), [{ err: { code: '42501', message: /permission denied/ }, userId: ada.id }])
  const [session] = await api.sql<{ id_hash: string }>('select id_hash from sessions where user_id = $1', [ada.id])
  t.notMatch(log.text(), String(session?.id_hash))
  t.notMatch(log.text(), /params:/)
})

t.test('a session that cannot be stored is refused without telling why', async t => {
  const log = logbook()
  const api = await startApi(t, { logger: log.logger })
  const ada = await api.person()
  await api.sql('revoke insert on sessions from spintrack_app')
  const planted = api.stranger()
  for (const [name, value] of ada.cookies) planted.cookies.set(name, value)
  for (const someone of [api.stranger(), planted]) {
    const { text, setCookies } = await someone
      .post('/session', { email: ada.email, password: ada.password })
      .expect('internal')
    t.notMatch(text, /sessions|insert|permission/)
    t.strictSame(setCookies, [])
  }
  t.notMatch(log.text(), /params:|insert into/)
})
