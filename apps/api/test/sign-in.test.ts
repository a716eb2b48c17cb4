import type { Session } from '@spintrack/contract/session'
import t from 'tap'
import { startApi, word } from './support/api.ts'

const password = 'seventeen spinning tops'
const api = await startApi(t, { connections: 4 })

t.test('signing up makes an account, logs in and has no company yet', async t => {
  const ada = api.stranger()
  const email = `${word('Ada')}@Example.com`
  const { body } = await ada.post<Session>('/signup', { email, password, name: ' Ada Flick ' }).expect(201)
  t.match(body.user, { email: email.toLowerCase(), name: 'Ada Flick', emailVerified: false, staff: false })
  t.strictSame([body.company, body.companies], [null, []])
  t.ok(Date.parse(body.expiresAt) > Date.now())
  const { body: session } = await ada.get<Session>('/session').expect(200)
  t.same(session, body, 'the cookie of the sign-up is logged in')
})

t.test('one address has one account, however it is written', async t => {
  const ada = await api.person()
  const again = api.stranger()
  const { errors } = await again
    .post('/signup', { email: ada.email.toUpperCase(), password, name: 'Eve' })
    .expect('email_taken')
  t.equal(errors[0]?.path, '/body/email')
  t.equal(again.cookies.size, 0, 'a refused sign-up starts no session')
})

t.test('two sign-ups with one address at once make one account', async t => {
  const email = `${word('twice')}@example.com`
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => api.stranger().post('/signup', { email, password, name: 'Twice' })),
  )
  t.strictSame(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409])
  t.strictSame(new Set(answers.map(({ code }) => code)), new Set([undefined, 'email_taken']))
  t.strictSame(await api.sql('select count(*)::int as count from users where email = $1', [email]), [{ count: 1 }])
})

t.test('a weak password is refused with the reason', async t => {
  const email = `${word('weak')}@example.com`
  for (const weak of ['short', 'password1234', `${email} 12345`]) {
    await api.stranger().post('/signup', { email, password: weak, name: 'Weak' }).expect('weak_password')
  }
  t.strictSame(await api.sql('select id from users where email = $1', [email]), [])
})

t.test('logging in takes the right password of a known address and says no more', async t => {
  const ada = await api.person()
  const tab = api.stranger()
  const { body } = await tab
    .post<Session>('/session', { email: ` ${ada.email.toUpperCase()}`, password: ada.password })
    .expect(200)
  t.equal(body.user.id, ada.id)

  const wrong = await api.stranger().post('/session', { email: ada.email, password }).expect('invalid_credentials')
  const unknown = await api
    .stranger()
    .post('/session', { email: 'nobody@example.com', password })
    .expect('invalid_credentials')
  t.strictSame(without(wrong.body), without(unknown.body), 'a wrong password and an unknown address look alike')
  t.strictSame([wrong.setCookies, unknown.setCookies], [[], []])
})

t.test('logging in opens the company that was opened last', async t => {
  const ada = await api.founder()
  const second = await ada.post<{ id: string }>('/companies', { name: 'Second' }).expect(201)
  const { body } = await (await api.logIn(ada)).get<Session>('/session').expect(200)
  t.equal(body.company?.id, second.body.id)
  t.same(new Set(body.companies.map(({ id }) => id)), new Set([ada.company.id, second.body.id]))
})

function without(body: unknown) {
  return { ...(body as object), requestId: undefined }
}
