import type { MySession } from '@spintrack/contract/account'
import { newId } from '@spintrack/domain/ids'
import { forgetSessions, hashSessionId } from '@spintrack/domain/sessions'
import t from 'tap'
import { addToken, type Person, startApi, withToken } from './support/api.ts'
import { everyPage } from './support/pages.ts'
import { type Visitor, visitor } from './support/visitor.ts'

const api = await startApi(t, { trustProxy: ['127.0.0.1'] })

const sessionsOf = (who: Visitor) => everyPage<MySession>(who, '/me/sessions?limit=2')

async function logIn({ email, password }: Person, headers: Record<string, string>): Promise<Visitor> {
  const someone = visitor(api.app)
  await someone.post('/session', { email, password }, headers).expect(200)
  return someone
}

t.test('everybody sees where they are logged in: address, browser, times, and which one this is', async t => {
  const ada = await api.person()
  const phone = await logIn(ada, { 'user-agent': 'Phone/1', 'x-forwarded-for': '203.0.113.7' })
  const desk = await logIn(ada, { 'user-agent': `Desk/2 ${'x'.repeat(500)}`, 'x-forwarded-for': '2001:db8::7' })
  const seen = await sessionsOf(phone)
  t.match(seen, [
    { address: '2001:db8::7', current: false },
    { address: '203.0.113.7', browser: 'Phone/1', current: true },
    { current: false },
  ])
  t.equal(seen.length, 3)
  t.ok(seen[0]?.browser?.startsWith('Desk/2 xxx') && seen[0].browser.length <= 300)
  for (const { createdAt, lastSeenAt, expiresAt } of seen) {
    t.ok(Math.abs(Date.now() - Date.parse(createdAt)) < 60_000)
    t.ok(Math.abs(Date.now() - Date.parse(lastSeenAt)) < 60_000)
    t.equal(Date.parse(expiresAt) - Date.parse(createdAt), 7 * 86_400_000)
  }
  t.strictSame(
    (await sessionsOf(desk)).map(({ current }) => current),
    [true, false, false],
  )
  const eve = await api.person()
  t.equal((await sessionsOf(eve)).length, 1, 'and nobody sees those of others')
})

t.test('an id says nothing of what is in the cookie', async t => {
  const ada = await api.person()
  const { text } = await ada.get('/me/sessions').expect(200)
  const cookie = decodeURIComponent([...ada.cookies.values()][0] ?? '').split('.')[0] ?? ''
  t.ok(cookie.length > 20)
  t.notMatch(text, cookie)
  t.notMatch(text, hashSessionId(cookie))
})

t.test('one that is ended is refused on its next request, and the others go on', async t => {
  const ada = await api.person()
  const phone = await logIn(ada, { 'user-agent': 'Phone' })
  const desk = await logIn(ada, { 'user-agent': 'Desk' })
  const id = (await sessionsOf(ada)).find(({ browser }) => browser === 'Phone')?.id
  const eve = await api.person()
  await eve.delete(`/me/sessions/${id}`).expect('not_found')
  await phone.get('/me').expect(200)
  await ada.delete(`/me/sessions/${id}`).expect(204)
  await phone.get('/me').expect('unauthenticated')
  await desk.get('/me').expect(200)
  t.strictSame((await sessionsOf(ada)).map(({ id }) => id).includes(String(id)), false)
  await ada.delete(`/me/sessions/${id}`).expect('not_found')
  await ada.delete(`/me/sessions/${newId()}`).expect('not_found')
})

t.test('all others end at once; tokens go on', async t => {
  const ada = await api.founder()
  const others = [await api.logIn(ada), await api.logIn(ada)]
  const eve = await api.person()
  const script = withToken(api, (await addToken(ada)).token)
  await ada.delete('/me/sessions').expect(204)
  for (const other of others) await other.get('/me').expect('unauthenticated')
  await ada.get('/me').expect(200)
  await eve.get('/me').expect(200)
  await script.get('/spinners').expect(200)
  t.match(await sessionsOf(ada), [{ current: true }])
})

t.test('a request on its way does not bring an ended session back', async t => {
  const ada = await api.person()
  const other = await api.logIn(ada)
  await api.sql(`update sessions set last_seen_at = '2020-01-01' where user_id = $1`, [ada.id])
  const [answer] = await Promise.all([other.get('/me'), ada.delete('/me/sessions').expect(204)])
  t.ok([200, 401].includes(answer.status))
  await other.get('/me').expect('unauthenticated')
  t.equal((await sessionsOf(ada)).length, 1)
})

t.test('those that are over are not listed, and forgotten after a month', async t => {
  const ada = await api.person()
  for (const [column, age] of [
    ['idle_expires_at', '0'],
    ['expires_at', '0'],
    ['expires_at', '31 days'],
  ]) {
    const id = newId()
    await api.sql(
      `insert into sessions (id_hash, public_id, user_id, idle_expires_at, expires_at)
       values ($1, $3, $2, now() + interval '1 day', now() + interval '1 day')`,
      [id, ada.id, id],
    )
    await api.sql(`update sessions set ${column} = now() - $2::interval where id_hash = $1`, [id, age])
  }
  t.match(await sessionsOf(ada), [{ current: true }])
  const count = async () => (await api.sql('select id_hash from sessions where user_id = $1', [ada.id])).length
  t.equal(await count(), 4)
  await forgetSessions(api.database.tenancy.control)
  t.equal(await count(), 3)
})
