import { createHash } from 'node:crypto'
import type { VerificationRequired } from '@spintrack/contract/account'
import { limits } from '@spintrack/contract/limits'
import type { Session, User } from '@spintrack/contract/session'
import t from 'tap'
import { type Person, startApi, word } from './support/api.ts'
import { holding } from './support/holding.ts'
import { inviteTokenIn } from './support/target.ts'
import { type Visitor, visitor } from './support/visitor.ts'

const api = await startApi(t, { emailVerification: 'required', connections: 4 })
const open = await startApi(t)

const password = 'nine quiet bearings hum'
const address = () => `${word('somebody')}@example.com`

const signUp = (email: string, fields: object = {}, who: Visitor = api.stranger()) =>
  who.post<VerificationRequired>('/signup', { email, password, name: 'Somebody', ...fields })
const logIn = (email: string, secret = password) =>
  api.stranger().post<Session>('/session', { email, password: secret })
const byLink = (token: string) => api.stranger().put(`/email-verifications/${token}`, undefined)
const byCode = (email: string, code: string) => api.stranger().post('/email-verifications', { email, code })
const usersAt = (email: string) => api.sql('select id from users where email = $1', [email])

/** The link and the code of the last mail to an address. */
async function mailed(email: string): Promise<{ token: string; code: string }> {
  const text = await api.mailTo(email)
  return {
    token: /http:\/\/localhost:3000\/verify\/([\w-]{43})\n/.exec(text)?.[1] ?? 'none',
    code: /Code: (\S{4}-\S{4})\n/.exec(text)?.[1] ?? 'none',
  }
}

/** A person who signed up and confirmed their address. */
async function confirmed(email = address()): Promise<Person> {
  await signUp(email).expect(202)
  await byLink((await mailed(email)).token).expect(204)
  const person = visitor(api.app)
  const { body } = await person.post<Session>('/session', { email, password }).expect(200)
  return Object.assign(person, { id: body.user.id, name: body.user.name, email, password })
}

t.test('an account comes to be when its address is confirmed, by the link', async t => {
  const email = address()
  const { body, setCookies } = await signUp(` ${email.toUpperCase()}`.trim()).expect(202)
  t.strictSame([body, setCookies], [{ status: 'verification_required' }, []])
  t.strictSame(await usersAt(email), [])
  await logIn(email).expect('invalid_credentials')
  const { token } = await mailed(email)
  await byLink(token).expect(204)
  t.match((await logIn(email).expect(200)).body.user, { email, name: 'Somebody', emailVerified: true })
  await byLink(token).expect('token_invalid')
})

t.test('or by the code, however it is typed; then the link is of no use', async () => {
  const email = address()
  await signUp(email).expect(202)
  const { token, code } = await mailed(email)
  await byCode(address(), code).expect('token_invalid')
  await byCode(email.toUpperCase(), ` ${code.toLowerCase().replace('-', ' ')} `).expect(204)
  await logIn(email).expect(200)
  await byLink(token).expect('token_invalid')
  await byCode(email, code).expect('token_invalid')
})

t.test('five wrong codes end the code, not the link', async () => {
  const email = address()
  await signUp(email).expect(202)
  const { token, code } = await mailed(email)
  for (let tried = 1; tried <= limits.codeTries; tried++) await byCode(email, '2222-2222').expect('token_invalid')
  await byCode(email, code).expect('token_invalid')
  await byLink(token).expect(204)
})

t.test('many who guess at the same moment have no more tries than one', async t => {
  const email = address()
  await signUp(email).expect(202)
  const held = await holding(api)
  await held.query('update email_confirmations set wrong_codes = $2 where email = $1', [email, limits.codeTries - 1])
  const guesses = Promise.all([byCode(email, '2222-2222'), byCode(email, '3333-3333')])
  // Both are at the row before either can count.
  await held.until(guesses, 2)
  await held.commit()
  await guesses
  const [row] = await api.sql('select wrong_codes from email_confirmations where email = $1', [email])
  t.equal(row?.wrong_codes, limits.codeTries)
})

t.test('link and code end after a day; neither is stored', async t => {
  const email = address()
  await signUp(email).expect(202)
  const { token, code } = await mailed(email)
  const [row] = await api.sql<{ text: string; hash: string; hours: number }>(
    `select x::text as text, token_hash as hash, extract(epoch from expires_at - created_at)::int / 3600 as hours
     from email_confirmations x where email = $1`,
    [email],
  )
  t.equal(row?.hash, createHash('sha256').update(token).digest('hex'))
  t.equal(row?.hours, limits.hours.emailConfirmation)
  t.notMatch(row?.text, token)
  t.notMatch(row?.text, code)
  t.notMatch(row?.text, code.replace('-', ''))
  t.notMatch(row?.text, password)
  await api.sql('update email_confirmations set expires_at = now() where email = $1', [email])
  await byLink(token).expect('token_invalid')
  await byCode(email, code).expect('token_invalid')
})

t.test('an address that has an account gets the same answer, and its owner is told', async t => {
  const { email } = await confirmed()
  const before = await usersAt(email)
  const known = await signUp(email, { password: 'an attacker’s own password' }).expect(202)
  const unknown = await signUp(address()).expect(202)
  t.strictSame(known.body, unknown.body)
  const mail = await api.mailTo(email)
  t.match(mail, 'there is one already. Nothing was changed.')
  t.notMatch(mail, '/verify/')
  t.strictSame(await usersAt(email), before)
  await logIn(email, 'an attacker’s own password').expect('invalid_credentials')
  await logIn(email).expect(200)
})

t.test('who signs up with an address of somebody else’s keeps them from nothing, and gets in nowhere', async t => {
  const email = address()
  await signUp(email, { password: 'an attacker’s own password', name: 'Eve' }).expect(202)
  const eves = await mailed(email)
  await signUp(email).expect(202)
  await byLink((await mailed(email)).token).expect(204)
  t.match((await logIn(email).expect(200)).body.user, { name: 'Somebody' })
  await logIn(email, 'an attacker’s own password').expect('invalid_credentials')
  await byLink(eves.token).expect('token_invalid')
})

t.test('two who confirm one address at the same moment make one account', async t => {
  const email = address()
  await signUp(email, { name: 'One' }).expect(202)
  const one = await mailed(email)
  await signUp(email, { name: 'Two' }).expect(202)
  const two = await mailed(email)
  const answers = await Promise.all([byLink(one.token), byLink(two.token), byLink(one.token)])
  t.strictSame(answers.map(({ status }) => status).sort(), [204, 404, 404])
  t.equal((await usersAt(email)).length, 1)
})

t.test('a stranger fills nobody’s mailbox, and is not told so', async t => {
  const email = address()
  for (let sent = 0; sent < limits.accountMailsPerHour + 2; sent++) await signUp(email).expect(202)
  const [row] = await api.sql('select count(*)::int as mails from outbox where recipient = $1', [email])
  t.equal(row?.mails, limits.accountMailsPerHour)
})

t.test('a password that is too weak is said before any mail is written', async t => {
  const email = address()
  await signUp(email, { password: 'short' }).expect('weak_password')
  t.strictSame(await api.sql('select id from outbox where recipient = $1', [email]), [])
})

t.test('who was invited by mail needs no second one to sign up', async t => {
  const ada = await confirmed()
  await ada.post('/companies', { name: 'Company' }).expect(201)
  const email = address()
  await ada.post('/invitations', { email, role: 'member' }).expect(201)
  const invite = inviteTokenIn(await api.mailTo(email))
  await signUp(address(), { invite }).expect(202)
  await signUp(email, { invite: `${invite}x` }).expect(202)
  const { body: made } = await ada.post<{ link: string }>('/invitations', { role: 'member' }).expect(201)
  await signUp(address(), { invite: inviteTokenIn(made.link) }).expect(202)

  const bob = api.stranger()
  const { body } = await bob.post<Session>('/signup', { email, password, name: 'Bob', invite }).expect(201)
  t.match(body.user, { email, emailVerified: true })
  await bob.put(`/invites/${invite}`, { decision: 'accepted' }).expect(200)
})

t.test('another address counts once it is confirmed: then other sessions end and the old address is told', async t => {
  const ada = await confirmed()
  const other = await api.logIn(ada)
  await ada.post('/password-resets', { email: ada.email }).expect(202)
  const reset = /\/reset\/([\w-]{43})/.exec(await api.mailTo(ada.email))?.[1]
  const email = address()
  await ada.patch('/me', { email }).expect('invalid_request')
  const { errors } = await ada.patch('/me', { email, currentPassword: 'wrong password' }).expect('invalid_credentials')
  t.match(errors, [{ path: '/body/currentPassword' }])
  const { body } = await ada.patch<User>('/me', { email: email.toUpperCase(), currentPassword: password }).expect(200)
  t.equal(body.email, ada.email, 'nothing has changed yet')
  await logIn(email).expect('invalid_credentials')
  await other.get('/me').expect(200)

  const { token } = await mailed(email)
  await byLink(token).expect(204)
  t.match((await ada.get<User>('/me').expect(200)).body, { email, emailVerified: true })
  await other.get('/me').expect('unauthenticated')
  await logIn(ada.email).expect('invalid_credentials')
  await logIn(email).expect(200)
  t.match(await api.mailTo(ada.email), `belongs to ${email} from now on`)
  await api.stranger().put(`/password-resets/${reset}`, { password }).expect('token_invalid')
  await byLink(token).expect('token_invalid')
})

t.test('an address that is another account’s cannot be taken, and nobody learns that it is', async t => {
  const ada = await confirmed()
  const bob = await confirmed()
  const taken = await ada.patch('/me', { email: bob.email, currentPassword: password }).expect(200)
  const free = await ada.patch('/me', { email: address(), currentPassword: password }).expect(200)
  t.strictSame(taken.body, free.body)
  t.match(await api.mailTo(bob.email), 'there is one already')

  const email = address()
  await ada.patch('/me', { email, currentPassword: password }).expect(200)
  const { token } = await mailed(email)
  await signUp(email).expect(202)
  await byLink((await mailed(email)).token).expect(204)
  await byLink(token).expect('token_invalid')
  t.equal((await ada.get<User>('/me')).body.email, ada.email)
})

t.test('the name is changed alone, without a password', async t => {
  const ada = await confirmed()
  t.match((await ada.patch<User>('/me', { name: '  Ada  ' }).expect(200)).body, { name: 'Ada', email: ada.email })
  t.match((await ada.get<User>('/me').expect(200)).body, { name: 'Ada' })
  await ada.patch('/me', { name: ' ' }).expect('invalid_request')
  await ada.patch('/me', {}).expect('invalid_request')
  await ada.patch('/me', { email: ada.email, name: 'Same' }).expect(200)
})

t.test('where addresses are not confirmed, one can still be verified, and another counts at once', async t => {
  const ada = await open.person()
  t.equal((await ada.get<User>('/me').expect(200)).body.emailVerified, false)
  await ada.post('/me/email-verification', undefined).expect(202)
  const code = /Code: (\S+)/.exec(await open.mailTo(ada.email))?.[1]
  await open.stranger().post('/email-verifications', { email: ada.email, code }).expect(204)
  t.equal((await ada.get<User>('/me').expect(200)).body.emailVerified, true)

  const bob = await open.person()
  await ada.patch('/me', { email: bob.email, currentPassword: ada.password }).expect('email_taken')
  const other = await open.logIn(ada)
  const email = address()
  const { body } = await ada.patch<User>('/me', { email, currentPassword: ada.password }).expect(200)
  t.match(body, { email, emailVerified: false })
  await ada.get('/me').expect(200)
  await other.get('/me').expect('unauthenticated')
  t.match(await open.mailTo(ada.email), `belongs to ${email} from now on`)
})
