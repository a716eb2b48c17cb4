import { createHash } from 'node:crypto'
import type { Decision, Invitation, Invite, MyInvite, NewInvitation } from '@spintrack/contract/invitations'
import { limits } from '@spintrack/contract/limits'
import type { Member } from '@spintrack/contract/members'
import { grantableBy, roles } from '@spintrack/contract/permissions'
import type { Session } from '@spintrack/contract/session'
import { newId } from '@spintrack/domain/ids'
import t from 'tap'
import { type Founder, type Person, startApi, word } from './support/api.ts'
import { everyPage, type Page } from './support/pages.ts'
import { inviteTokenIn } from './support/target.ts'
import type { Visitor } from './support/visitor.ts'

const api = await startApi(t, { connections: 8 })
const accepted = { decision: 'accepted' }
const declined = { decision: 'declined' }

const address = () => `${word('invited')}@example.com`

/** Invites by mail; returns the secret of the link, as the invited person finds it in the mail. */
async function inviteByMail(who: Visitor, email: string, role = 'member'): Promise<string> {
  await who.post('/invitations', { email, role }).expect(201)
  return inviteTokenIn(await api.mailTo(email.trim().toLowerCase()))
}

/** Makes a link; returns its secret. */
async function inviteByLink(who: Visitor, role = 'member'): Promise<string> {
  const { body } = await who.post<NewInvitation>('/invitations', { role }).expect(201)
  return inviteTokenIn(String(body.link))
}

async function personAt(email: string): Promise<Person> {
  const person = await api.person()
  await api.sql('update users set email = $2 where id = $1', [person.id, email])
  return Object.assign(person, { email })
}

const pending = (who: Visitor) => everyPage<Invitation>(who, '/invitations?limit=2')
const decide = (who: Visitor, token: string, body: object = accepted) => who.put<Decision>(`/invites/${token}`, body)
const verify = (person: Person) => api.sql('update users set email_verified_at = now() where id = $1', [person.id])

t.test('an invited person without an account signs up and joins, in the role they were invited to', async t => {
  const ada = await api.founder('Ada Lovelace')
  const email = address()
  const { body, headers } = await ada
    .post<NewInvitation>('/invitations', { email: `  ${email.toUpperCase()} `.trim(), role: 'viewer' })
    .expect(201)
  t.match(body, { email, role: 'viewer', state: 'pending', memberId: ada.company.memberId, link: null })
  const days = (Date.parse(body.expiresAt) - Date.now()) / 86_400_000
  t.ok(days > 6.99 && days < 7.01)
  t.equal(headers.etag, undefined)
  const mail = await api.mailTo(email)
  t.match(mail, 'Ada Lovelace invites you to join')
  const [, link] = /\n(http\S+)\n/.exec(mail) ?? []
  t.match(link, /^http:\/\/localhost:3000\/invite\/[\w-]{43}$/, 'the link leads to PUBLIC_URL')
  const token = inviteTokenIn(mail)

  const { body: invite } = await api.stranger().get<Invite>(`/invites/${token}`).expect(200)
  t.strictSame(invite, {
    company: { name: ada.company.name },
    inviter: { name: 'Ada Lovelace' },
    email,
    role: 'viewer',
    expiresAt: body.expiresAt,
  })
  await decide(api.stranger(), token).expect('unauthenticated')
  const bob = api.stranger()
  await bob.post('/signup', { email, password: 'nine quiet bearings hum', name: 'Bob' }).expect(201)
  const { id, slug, name } = ada.company
  t.strictSame((await decide(bob, token).expect(200)).body, { decision: 'accepted', company: { id, slug, name } })
  const { body: session } = await bob.get<Session>('/session').expect(200)
  t.match(
    session,
    { companies: [{ id, role: 'viewer' }], user: { emailVerified: true } },
    'the mail showed whose the address is',
  )
  const { body: members } = await ada.get<Page<Member>>('/members').expect(200)
  t.match(members.items, [{ name: 'Ada Lovelace' }, { name: 'Bob', role: 'viewer', email, active: true }])
  t.strictSame(await pending(ada), [])
})

t.test('whoever gets a link joins by it; only its hash is stored, and the answer can be asked for again', async t => {
  const ada = await api.founder()
  const under = { 'idempotency-key': word('key') }
  const first = await ada.post<NewInvitation>('/invitations', { role: 'admin' }, under).expect(201)
  const again = await ada.post<NewInvitation>('/invitations', { role: 'admin' }, under).expect(201)
  t.strictSame(again.body, first.body)
  t.equal((await pending(ada)).length, 1)
  const token = inviteTokenIn(String(first.body.link))
  const [row] = await api.sql<{ hash: string; text: string }>(
    'select token_hash as hash, x::text as text from invitations x where id = $1',
    [first.body.id],
  )
  t.equal(row?.hash, createHash('sha256').update(token).digest('hex'))
  t.notMatch(row?.text, token)
  const [home] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [ada.company.id])
  const kept = await api.sql<{ value: string }>(`select value::text from "${home?.tenant}".idempotency_keys`)
  t.notMatch(kept[0]?.value, token)
  t.notMatch((await ada.get('/invitations')).text, token)

  const bob = await api.person()
  await decide(bob, token).expect(200)
  t.match((await bob.get<Session>('/session')).body, { companies: [{ role: 'admin' }], user: { emailVerified: false } })
})

t.test('of twenty who accept one link at the same moment, one gets in', async t => {
  const ada = await api.founder()
  const token = await inviteByLink(ada)
  const people = []
  for (let n = 0; n < 20; n++) people.push(await api.person())
  const answers = await Promise.all(people.map(person => decide(person, token)))
  t.strictSame(answers.map(({ code = 'in' }) => code).sort(), ['in', ...Array(19).fill('token_invalid')])
  const rows = await api.sql('select user_id from memberships where company_id = $1', [ada.company.id])
  t.equal(rows.length, 2)
  t.equal((await ada.get<Page<Member>>('/members')).body.items.length, 2, 'nobody was let in half')
})

t.test('one person who accepts twenty times at the same moment joins once', async t => {
  const ada = await api.founder()
  const email = address()
  const token = await inviteByMail(ada, email)
  const bob = await personAt(email)
  const answers = await Promise.all(Array.from({ length: 20 }, () => decide(bob, token)))
  t.strictSame(answers.map(({ code = 'in' }) => code).sort(), ['in', ...Array(19).fill('token_invalid')])
  t.equal((await ada.get<Page<Member>>('/members')).body.items.length, 2)
})

t.test('an invitation by mail is of no use to anybody else', async t => {
  const ada = await api.founder()
  const email = address()
  const token = await inviteByMail(ada, email)
  const eve = await api.founder()
  t.match((await decide(eve, token).expect('forbidden')).text, /another e-mail address/)
  await decide(eve, token, declined).expect('forbidden')
  for (const similar of [`${email}.evil.example`, `x${email}`])
    await decide(await personAt(similar), token).expect('forbidden')
  t.equal((await pending(ada)).length, 1, 'it is still there for whom it is')
  await decide(await personAt(email), token).expect(200)
})

t.test('used, declined, withdrawn, expired, unknown and mistyped ones answer alike', async t => {
  const ada = await api.founder()
  const bob = await api.person()
  const used = await inviteByLink(ada)
  await decide(bob, used).expect(200)
  const refused = await inviteByLink(ada)
  t.strictSame((await decide(await api.person(), refused, declined).expect(200)).body, {
    decision: 'declined',
    company: null,
  })
  const withdrawn = await inviteByLink(ada)
  const [open] = await pending(ada)
  await ada.delete(`/invitations/${open?.id}`).expect(204)
  await ada.delete(`/invitations/${open?.id}`).expect('not_found')
  const expired = await inviteByLink(ada)
  await api.sql('update invitations set expires_at = now() where company_id = $1', [ada.company.id])
  t.match(await pending(ada), [{ state: 'expired' }])
  const eve = await api.person()
  const answers = []
  for (const token of [used, refused, withdrawn, expired, 'a'.repeat(43), `${expired}x`, newId(), '%00', "'"]) {
    for (const answer of [
      await api.stranger().get(`/invites/${token}`),
      await decide(eve, token),
      await decide(eve, token, declined),
    ]) {
      t.equal(answer.code, 'token_invalid', token)
      answers.push(JSON.stringify({ ...(answer.body as object), requestId: '' }))
    }
  }
  t.equal(new Set(answers).size, 1)
})

t.test('the inviter must still be allowed to when it is accepted', async t => {
  const ada = await api.founder()
  const inside = (person: Person) => person.tab({ 'x-company': ada.company.id })
  const admin = async () => {
    const person = await api.person()
    return {
      person,
      memberId: await api.join(ada.company, person, 'admin'),
      token: await inviteByLink(inside(person), 'admin'),
    }
  }
  const bob = await api.person()
  const dead = async (token: string) => {
    await api.stranger().get(`/invites/${token}`).expect('token_invalid')
    await decide(bob, token).expect('token_invalid')
  }
  const removed = await admin()
  await ada.delete(`/members/${removed.memberId}`).expect(204)
  await dead(removed.token)

  const demoted = await admin()
  await ada.patch(`/members/${demoted.memberId}`, { role: 'member' }).expect(200)
  await dead(demoted.token)
  t.match(
    (await pending(ada)).map(({ state }) => state),
    ['void', 'void'],
  )
  await ada.patch(`/members/${demoted.memberId}`, { role: 'admin' }).expect(200)
  t.match((await pending(ada))[0], { state: 'pending' })
  await api.stranger().get(`/invites/${demoted.token}`).expect(200)

  const owner = await api.person()
  const memberId = await api.join(ada.company, owner, 'owner')
  const token = await inviteByLink(inside(owner), 'owner')
  await ada.patch(`/members/${memberId}`, { role: 'admin' }).expect(200)
  await dead(token)
  t.match((await pending(ada))[0], { role: 'owner', state: 'void' }, 'an admin may invite, but not to this')
})

t.test('nobody invites to a role that is not theirs to give, and nobody raises it', async t => {
  const ada = await api.founder()
  for (const mine of roles) {
    const person = await api.person()
    await api.join(ada.company, person, mine)
    for (const role of roles) {
      const { status } = await person.tab({ 'x-company': ada.company.id }).post('/invitations', { role })
      t.equal(status, grantableBy(mine).includes(role) ? 201 : 403, `${mine} invites ${role}`)
    }
  }
  const token = await inviteByLink(ada, 'viewer')
  const bob = await api.person()
  await decide(bob, token, { ...accepted, role: 'owner' }).expect('invalid_request')
  await decide(bob, token, { decision: 'owner' }).expect('invalid_request')
  await decide(bob, token).expect(200)
  t.match((await bob.get<Session>('/session')).body.companies, [{ role: 'viewer' }])
})

t.test('an admin cannot renew what only an owner may send', async t => {
  const ada = await api.founder()
  const bob = await api.person()
  await api.join(ada.company, bob, 'admin')
  const token = await inviteByLink(ada, 'owner')
  const [open] = await pending(ada)
  await bob.tab({ 'x-company': ada.company.id }).put(`/invitations/${open?.id}/link`, undefined).expect('forbidden')
  await api.stranger().get(`/invites/${token}`).expect(200)
  t.strictSame(await pending(ada), [open])
})

t.test('sent again it has another link, in the name of who sends it, for another seven days', async t => {
  const ada = await api.founder('Ada')
  const bob = await api.person('Bob')
  const memberId = await api.join(ada.company, bob, 'admin')
  const email = address()
  const before = await inviteByMail(ada, email)
  const link = await inviteByLink(ada)
  await api.sql('update invitations set expires_at = now() where company_id = $1', [ada.company.id])
  const [byLink, byMail] = await pending(ada)
  const renew = async (id: string | undefined) =>
    (
      await bob
        .tab({ 'x-company': ada.company.id })
        .put<NewInvitation>(`/invitations/${id}/link`, undefined)
        .expect(200)
    ).body
  t.match(await renew(byMail?.id), { id: byMail?.id, email, memberId, state: 'pending', link: null })
  const mail = await api.mailTo(email)
  t.match(mail, 'Bob invites you')
  const after = inviteTokenIn(mail)
  t.not(after, before)
  await api.stranger().get(`/invites/${before}`).expect('token_invalid')
  t.match((await api.stranger().get<Invite>(`/invites/${after}`).expect(200)).body, { inviter: { name: 'Bob' } })

  const renewed = inviteTokenIn(String((await renew(byLink?.id)).link))
  await api.stranger().get(`/invites/${link}`).expect('token_invalid')
  await decide(await api.person(), renewed).expect(200)
})

t.test('one finds the invitations to one’s address once it is verified, and needs no link for them', async t => {
  const ada = await api.founder('Ada')
  const other = await api.founder('Grace')
  const email = address()
  await inviteByMail(ada, email, 'admin')
  await inviteByMail(other, email, 'viewer')
  await inviteByMail(ada, address())
  await inviteByLink(ada)
  const bob = await personAt(email)
  const mine = () => everyPage<MyInvite>(bob, '/me/invites?limit=1')
  const [first] = await api.sql<{ id: string }>('select id from invitations where email = $1 order by id', [email])
  t.strictSame(await mine(), [], 'who signed up with an address of somebody else’s must not find them')
  await decide(bob, String(first?.id)).expect('token_invalid')
  await verify(bob)
  const found = await mine()
  t.match(found, [
    { company: { name: other.company.name }, inviter: { name: 'Grace' }, role: 'viewer' },
    { company: { name: ada.company.name }, inviter: { name: 'Ada' }, role: 'admin' },
  ])
  const eve = await api.person()
  await verify(eve)
  for (const { id } of found) await decide(eve, id).expect('token_invalid')
  await decide(bob, String(found[0]?.id), declined).expect(200)
  await decide(bob, String(found[1]?.id)).expect(200)
  t.strictSame(await mine(), [])
  t.match((await bob.get<Session>('/session')).body.companies, [{ id: ada.company.id, role: 'admin' }])
})

t.test('whoever belongs to the company, or is invited, is not invited again', async t => {
  const ada = await api.founder()
  const email = address()
  const token = await inviteByMail(ada, email)
  const { errors } = await ada
    .post('/invitations', { email: email.toUpperCase(), role: 'viewer' })
    .expect('already_invited')
  t.match(errors, [{ path: '/body/email' }])
  const other = await api.founder()
  await inviteByMail(other, email)
  await ada.post('/invitations', { email: ada.email, role: 'viewer' }).expect('already_member')
  const bob = await personAt(email)
  await decide(bob, token).expect(200)
  await ada.post('/invitations', { email, role: 'viewer' }).expect('already_member')
  const link = await inviteByLink(ada, 'owner')
  await decide(bob, link).expect('already_member')
  t.equal((await pending(ada)).length, 1, 'the link is there for somebody else')
  t.match((await bob.get<Session>('/session')).body.companies, [{ role: 'member' }], 'and it raised nobody')
})

t.test('an expired invitation is not in the way of a new one', async () => {
  const ada = await api.founder()
  const email = address()
  await inviteByMail(ada, email)
  await api.sql('update invitations set expires_at = now() where company_id = $1', [ada.company.id])
  await inviteByMail(ada, email)
})

t.test('what is said of an address is the same whether or not it has an account', async t => {
  const ada = await api.founder()
  const known = await api.founder()
  const answers = []
  for (const email of [known.email, address()]) {
    const { status, body } = await ada.post<NewInvitation>('/invitations', { email, role: 'member' })
    answers.push({ status, ...body, id: '', email: '', createdAt: '', expiresAt: '' })
  }
  t.strictSame(answers[0], answers[1])
})

t.test('a company that is closed lets nobody in, and keeps its invitations', async t => {
  const ada = await api.founder()
  const token = await inviteByLink(ada)
  const bob = await api.person()
  const state = (value: string) =>
    api.sql('update tenants set state = $1 where name = (select tenant from companies where id = $2)', [
      value,
      ada.company.id,
    ])
  for (const closed of ['suspended', 'archived', 'purging']) {
    await state(closed)
    await api.stranger().get(`/invites/${token}`).expect('token_invalid')
    await decide(bob, token).expect('token_invalid')
  }
  await state('ready')
  await decide(bob, token).expect(200)
  t.match((await bob.get<Session>('/session')).body.companies, [{ id: ada.company.id }])
})

t.test('a company has so many open invitations, and writes so much to strangers, and no more', async t => {
  const ada = await api.founder()
  const email = address()
  await inviteByMail(ada, email)
  const [open] = await pending(ada)
  const again = () => ada.put(`/invitations/${open?.id}/link`, undefined)
  for (let sent = 1; sent < limits.invitationMails.perAddressAndDay; sent++) await again().expect(200)
  t.match((await again().expect('rate_limited')).headers, { 'retry-after': '3600' })
  await ada.delete(`/invitations/${open?.id}`).expect(204)
  await ada.post('/invitations', { email, role: 'member' }).expect('rate_limited')
  t.strictSame(await pending(ada), [], 'what could not be sent is not there')
  await inviteByMail(ada, address())
  await inviteByMail(await api.founder(), email)

  await fill(ada, limits.invitationsPerCompany - 1)
  await ada.post('/invitations', { role: 'member' }).expect('too_many_invitations')
  await api.sql(`update invitations set expires_at = now() where email is null and company_id = $1`, [ada.company.id])
  await ada.post('/invitations', { role: 'member' }).expect(201)
})

t.test('invitations are of their company alone', async t => {
  const ada = await api.founder()
  const eve = await api.founder()
  await inviteByMail(ada, address())
  const [open] = await pending(ada)
  t.strictSame(await pending(eve), [])
  await eve.delete(`/invitations/${open?.id}`).expect('not_found')
  await eve.put(`/invitations/${open?.id}/link`, undefined).expect('not_found')
  t.strictSame(await pending(ada), [open])
})

function fill({ id, company }: Founder, count: number) {
  return api.sql(
    `insert into invitations (id, company_id, role, token_hash, invited_by, member_id, expires_at)
     select gen_random_uuid(), $1::uuid, 'member', $1::text || n, $2, $3, now() + interval '1 day' from generate_series(1, $4::int) n`,
    [company.id, id, company.memberId, count],
  )
}
