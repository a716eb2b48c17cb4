import { createHash } from 'node:crypto'
import { limits } from '@spintrack/contract/limits'
import type { Session } from '@spintrack/contract/session'
import t from 'tap'
import { addToken, type Person, startApi, withToken, word } from './support/api.ts'

const api = await startApi(t, { connections: 4 })
const next = 'thirty quiet bearings'

const request = (email: string) => api.stranger().post('/password-resets', { email })
const reset = (token: string, password = next) => api.stranger().put(`/password-resets/${token}`, { password })
const logIn = (email: string, password: string) => api.stranger().post<Session>('/session', { email, password })

/** Asks for a link; returns what it ends with. */
async function linkFor({ email }: Pick<Person, 'email'>): Promise<string> {
  await request(email).expect(202)
  return /\nhttp:\/\/localhost:3000\/reset\/([\w-]{43})\n/.exec(await api.mailTo(email))?.[1] ?? 'none'
}

t.test('a forgotten password is replaced by the link of a mail, once, and every session ends', async t => {
  const ada = await api.founder()
  const other = await api.logIn(ada)
  const script = withToken(api, (await addToken(ada)).token)
  const token = await linkFor(ada)
  await ada.get('/me').expect(200)
  await reset(token).expect(204)
  await ada.get('/me').expect('unauthenticated')
  await other.get('/me').expect('unauthenticated')
  await script.get('/spinners').expect(200)
  await logIn(ada.email, ada.password).expect('invalid_credentials')
  const { body } = await logIn(ada.email, next).expect(200)
  t.equal(body.user.emailVerified, true, 'the mail showed whose the address is')
  t.match(await api.mailTo(ada.email), 'was changed a moment ago')
  await reset(token, ada.password).expect('token_invalid')
})

t.test('known and unknown addresses get one answer; the mail says which it is', async t => {
  const ada = await api.person()
  const nobody = `${word('nobody')}@example.com`
  const [known, unknown] = [await request(` ${ada.email.toUpperCase()} `), await request(nobody)]
  for (const { status, body } of [known, unknown]) t.strictSame([status, body], [202, { status: 'accepted' }])
  t.match(await api.mailTo(ada.email), '/reset/')
  const mail = await api.mailTo(nobody)
  t.match(mail, 'it has no account')
  t.notMatch(mail, '/reset/')
})

t.test('nobody’s mailbox is filled', async t => {
  const ada = await api.person()
  await Promise.all(Array.from({ length: limits.accountMailsPerHour + 5 }, () => request(ada.email).expect(202)))
  const [row] = await api.sql('select count(*)::int as mails from outbox where recipient = $1', [ada.email])
  t.equal(row?.mails, limits.accountMailsPerHour)
})

t.test('of many who use one link at the same moment, one sets the password', async t => {
  const ada = await api.person()
  const token = await linkFor(ada)
  const passwords = Array.from({ length: 6 }, (_, index) => `${next} ${index}`)
  const answers = await Promise.all(passwords.map(password => reset(token, password)))
  t.strictSame(answers.map(({ status }) => status).sort(), [204, 404, 404, 404, 404, 404])
  const winner = passwords[answers.findIndex(({ status }) => status === 204)]
  await logIn(ada.email, String(winner)).expect(200)
})

t.test('a link ends after an hour, with the next one, and with another password; its secret is not stored', async t => {
  const ada = await api.person()
  const first = await linkFor(ada)
  const [row] = await api.sql<{ text: string; hash: string; minutes: number }>(
    `select x::text as text, token_hash as hash, extract(epoch from expires_at - created_at)::int / 60 as minutes
     from password_resets x where user_id = $1`,
    [ada.id],
  )
  t.equal(row?.hash, createHash('sha256').update(first).digest('hex'))
  t.equal(row?.minutes, 60)
  t.notMatch(row?.text, first)
  const second = await linkFor(ada)
  await reset(first).expect('token_invalid')
  await api.sql('update password_resets set expires_at = now() where user_id = $1', [ada.id])
  await reset(second).expect('token_invalid')
  const third = await linkFor(ada)
  await ada.put('/me/password', { currentPassword: ada.password, newPassword: next }).expect(204)
  await reset(third).expect('token_invalid')
  for (const token of ['none', 'a'.repeat(43), `${third}x`]) await reset(token).expect('token_invalid')
})

t.test('a weak one is refused, and the link can be used again', async t => {
  const ada = await api.person('Wilhelmina Smith')
  const token = await linkFor(ada)
  for (const weak of ['short', 'password1234', 'wilhelmina smith', `x${ada.email}x`]) {
    const { errors } = await reset(token, weak).expect('weak_password')
    t.match(errors, [{ path: '/body/password' }])
  }
  await reset(token).expect(204)
})

t.test('whoever knows the password changes it; other sessions end, and this one goes on under another id', async t => {
  const ada = await api.founder()
  const second = await ada.post<{ id: string }>('/companies', { name: 'Second' }).expect(201)
  await ada.put('/session/company', { companyId: ada.company.id }).expect(200)
  const other = await api.logIn(ada)
  const before = new Map(ada.cookies)
  const change = (currentPassword: string, newPassword: string) =>
    ada.put('/me/password', { currentPassword, newPassword })
  t.match((await change('wrong password', next).expect('invalid_credentials')).errors, [
    { path: '/body/currentPassword' },
  ])
  t.match((await change(ada.password, 'short').expect('weak_password')).errors, [{ path: '/body/newPassword' }])
  await other.get('/me').expect(200)

  const { setCookies } = await change(ada.password, next).expect(204)
  t.match(setCookies.at(-1), /^spintrack=.*HttpOnly/)
  t.notSame(ada.cookies, before)
  const { body } = await ada.get<Session>('/session').expect(200)
  t.equal(body.company?.id, ada.company.id, `and not in ${second.body.id}, which was opened last`)
  await other.get('/me').expect('unauthenticated')
  const stolen = api.stranger()
  for (const [name, value] of before) stolen.cookies.set(name, value)
  await stolen.get('/me').expect('unauthenticated')
  await logIn(ada.email, ada.password).expect('invalid_credentials')
  await logIn(ada.email, next).expect(200)
  t.match(await api.mailTo(ada.email), 'was changed a moment ago')
})

t.test('of two who change it at the same moment, one does', async t => {
  const ada = await api.person()
  const tabs = [await api.logIn(ada), await api.logIn(ada)]
  const answers = await Promise.all(
    tabs.map((tab, index) =>
      tab.put('/me/password', { currentPassword: ada.password, newPassword: `${next} ${index}` }),
    ),
  )
  t.strictSame(answers.map(({ status }) => status).sort(), [204, 401])
})
