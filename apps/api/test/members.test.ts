import type { Company } from '@spintrack/contract/companies'
import type { Member } from '@spintrack/contract/members'
import { grantableBy, type Role, roles } from '@spintrack/contract/permissions'
import type { Session } from '@spintrack/contract/session'
import type { Spin } from '@spintrack/contract/spins'
import { newId } from '@spintrack/domain/ids'
import t from 'tap'
import { addSpin, addSpinner, addToken, type Founder, type Person, startApi, withToken, word } from './support/api.ts'
import { everyPage } from './support/pages.ts'
import type { Visitor } from './support/visitor.ts'

const api = await startApi(t, { connections: 4 })

type Colleague = Person & { memberId: string; tab: Visitor['tab']; inside: Visitor }

/** Somebody with a role in the founder's company; `inside` sends its requests there. */
async function colleague({ company }: Founder, role: Role, name = word('Colleague')): Promise<Colleague> {
  const person = await api.person(name)
  const memberId = await api.join(company, person, role)
  return Object.assign(person, { memberId, inside: person.tab({ 'x-company': company.id }) })
}

const membersOf = (visitor: Visitor) => everyPage<Member>(visitor, '/members?limit=2')

t.test('everybody sees who belongs and as what; addresses are for owners and admins', async t => {
  const ada = await api.founder('Ada')
  const people: Record<string, Colleague> = {}
  for (const role of ['admin', 'member', 'viewer'] as const) people[role] = await colleague(ada, role, role)
  const gone = await colleague(ada, 'member', 'Gone')
  await api.leave(ada.company, gone)
  for (const [role, visitor] of [['owner', ada], ...Object.entries(people)] as [
    Role,
    Visitor & { inside?: Visitor },
  ][]) {
    const seen = await membersOf(visitor.inside ?? visitor)
    t.strictSame(
      seen.map(({ name, role, active }) => [name, role, active]),
      [
        ['Ada', 'owner', true],
        ['admin', 'admin', true],
        ['member', 'member', true],
        ['viewer', 'viewer', true],
        ['Gone', null, false],
      ],
    )
    const oversees = role === 'owner' || role === 'admin'
    t.strictSame(
      seen.map(({ email }) => email),
      [ada, ...Object.values(people)].map(({ email }) => (oversees ? email : null)).concat(null),
      `as ${role} sees it`,
    )
  }
})

t.test('who may give and take which role: every pair, by everybody', async t => {
  const ada = await api.founder()
  for (const mine of roles) {
    const caller = await colleague(ada, mine)
    for (const before of roles) {
      for (const after of roles) {
        const target = await colleague(ada, before)
        const may = grantableBy(mine).includes(before) && grantableBy(mine).includes(after)
        const answer = await caller.inside.patch<Member>(`/members/${target.memberId}`, { role: after })
        t.equal(answer.code ?? answer.body.role, may ? after : 'forbidden', `${mine}: ${before} to ${after}`)
        const [row] = await api.sql('select role from memberships where user_id = $1', [target.id])
        t.same(row, { role: may ? after : before })
      }
      const target = await colleague(ada, before)
      const { status } = await caller.inside.delete(`/members/${target.memberId}`)
      t.equal(status, grantableBy(mine).includes(before) ? 204 : 403, `${mine} removes ${before}`)
    }
  }
})

t.test('a change counts on the next request, up and down', async () => {
  const ada = await api.founder()
  const bob = await colleague(ada, 'viewer')
  const add = () => bob.inside.post('/spinners', { serialNumber: word('SN'), name: 'Spinner' })
  await add().expect('forbidden')
  await ada.patch(`/members/${bob.memberId}`, { role: 'member' }).expect(200)
  await add().expect(201)
  await ada.patch(`/members/${bob.memberId}`, { role: 'viewer' }).expect(200)
  await add().expect('forbidden')
})

t.test('who is removed is out at once, and what they recorded stays under their name', async t => {
  const ada = await api.founder()
  const bob = await colleague(ada, 'member', 'Bob Miller')
  const own = await bob.post<Company>('/companies', { name: word('Own') }).expect(201)
  const spinner = await addSpinner(bob.inside)
  const spin = await addSpin(bob.inside, spinner)
  const { id, token } = await addToken(bob.inside)
  const other = await addToken(bob.tab({ 'x-company': own.body.id }))
  await bob.put('/session/company', { companyId: ada.company.id }).expect(200)
  await ada.delete(`/members/${bob.memberId}`).expect(204)

  await bob.inside.get('/spinners').expect('company_not_found')
  await bob.get('/spinners').expect('company_not_found')
  await withToken(api, token).get('/spinners').expect('unauthenticated')
  t.strictSame(await api.sql('select id from tokens where id = $1', [id]), [])
  const { body } = await bob.get<Session>('/session').expect(200)
  t.strictSame(
    body.companies.map(({ id }) => id),
    [own.body.id],
    'they are still logged in, and in their other company',
  )
  await withToken(api, other.token).get('/spinners').expect(200)

  t.equal((await ada.get<Spin>(`/spins/${spin.id}`).expect(200)).body.memberId, bob.memberId)
  await api.sql(`update users set name = 'Robert Mueller' where id = $1`, [bob.id])
  t.match(
    (await membersOf(ada)).find(member => member.id === bob.memberId),
    { name: 'Bob Miller', active: false, role: null, email: null },
  )
  await ada.delete(`/members/${bob.memberId}`).expect('not_found')
  await ada.patch(`/members/${bob.memberId}`, { role: 'admin' }).expect('not_found')
})

t.test('everybody can leave, and come back as somebody new', async t => {
  const ada = await api.founder()
  for (const role of roles) {
    const bob = await colleague(ada, role)
    await bob.inside.delete('/company/membership').expect(204)
    await bob.inside.get('/company').expect('company_not_found')
    await bob.inside.delete('/company/membership').expect('company_not_found')
    t.not(await api.join(ada.company, bob, role), bob.memberId)
  }
})

t.test('the last owner can neither leave, nor be demoted, nor be removed', async t => {
  const ada = await api.founder()
  const bob = await colleague(ada, 'admin')
  const mine = ada.company.memberId
  const refused = async () => {
    await ada.delete('/company/membership').expect('last_owner')
    await ada.delete(`/members/${mine}`).expect('last_owner')
    for (const role of ['admin', 'member', 'viewer']) {
      await ada.patch(`/members/${mine}`, { role }).expect('last_owner')
    }
    await ada.patch(`/members/${mine}`, { role: 'owner' }).expect(200)
  }
  await refused()
  const other = await api.founder()
  await api.join(other.company, ada, 'owner')
  await refused()
  await ada.patch(`/members/${bob.memberId}`, { role: 'owner' }).expect(200)
  await ada.delete('/company/membership').expect(204)
  await bob.inside.delete('/company/membership').expect('last_owner')
  t.strictSame(await owners(ada.company), [bob.id])
})

t.test('two owners who go at the same moment, in whatever way, leave one behind', async t => {
  type Way = { name: string; send: (one: Colleague, other: Colleague) => Promise<{ code: unknown }> }
  const ways: Way[] = [
    { name: 'leave', send: one => one.inside.delete('/company/membership') },
    { name: 'step down', send: one => one.inside.patch(`/members/${one.memberId}`, { role: 'viewer' }) },
    { name: 'remove the other', send: (one, other) => one.inside.delete(`/members/${other.memberId}`) },
    {
      name: 'demote the other',
      send: (one, other) => one.inside.patch(`/members/${other.memberId}`, { role: 'member' }),
    },
  ]
  for (const first of ways) {
    for (const second of ways) {
      const ada = await api.founder()
      const pair = [await colleague(ada, 'owner'), await colleague(ada, 'owner')] as const
      await ada.delete('/company/membership').expect(204)
      const answers = await Promise.all([first.send(pair[0], pair[1]), second.send(pair[1], pair[0])])
      const what = `${first.name} and ${second.name}: ${answers.map(({ code }) => code ?? 'done').join(', ')}`
      t.equal((await owners(ada.company)).length, 1, what)
    }
  }
})

t.test('ownership passes on in one step, to somebody who belongs to the company', async t => {
  const ada = await api.founder()
  const bob = await colleague(ada, 'viewer')
  const transfer = (memberId: string, who: Visitor = ada) => who.put<Company>('/company/owner', { memberId })
  await transfer(bob.memberId, (await colleague(ada, 'admin')).inside).expect('forbidden')
  await transfer(newId()).expect('not_found')
  const gone = await colleague(ada, 'member')
  await api.leave(ada.company, gone)
  await transfer(gone.memberId).expect('not_found')
  t.match((await transfer(ada.company.memberId).expect(200)).body, { role: 'owner' }, 'to oneself changes nothing')
  t.strictSame(await owners(ada.company), [ada.id])
  t.match((await transfer(bob.memberId).expect(200)).body, { id: ada.company.id, role: 'admin' })
  t.strictSame(await owners(ada.company), [bob.id])
  await transfer(ada.company.memberId).expect('forbidden')
})

t.test('two who pass ownership on at the same moment leave an owner', async t => {
  const ada = await api.founder()
  const [bob, cyd] = [await colleague(ada, 'member'), await colleague(ada, 'member')]
  const tab = (await api.logIn(ada)).tab({ 'x-company': ada.company.id })
  const answers = await Promise.all([bob, cyd].map(({ memberId }) => tab.put('/company/owner', { memberId })))
  t.strictSame(answers.map(({ code = 'done' }) => code).sort(), ['done', 'forbidden'])
  t.equal((await owners(ada.company)).length, 1)
})

t.test('nothing about a member tells of their other companies', async t => {
  const bob = await api.founder(word('Bob'), word('canary-company'))
  const friend = await colleague(bob, 'admin', word('canary-friend'))
  const canaries = [bob.company.id, bob.company.name, bob.company.slug, bob.company.memberId, friend.name, friend.id]
  const ada = await api.founder()
  const before = await ada.get<Session>('/session').expect(200)
  const memberId = await api.join(ada.company, bob, 'member')
  const answers = [
    await ada.get('/members').expect(200),
    await ada.patch(`/members/${memberId}`, { role: 'admin' }).expect(200),
    await ada.get('/session').expect(200),
    await ada.get('/invitations').expect(200),
    await ada.post('/invitations', { email: bob.email, role: 'member' }).expect('already_member'),
    await ada.delete(`/members/${memberId}`).expect(204),
  ]
  for (const { text } of answers) for (const canary of canaries) t.notMatch(text, canary)
  t.strictSame((await ada.get<Session>('/session')).body.companies, before.body.companies)
  t.not(memberId, bob.company.memberId, 'not even by an id')
})

async function owners({ id }: Company): Promise<string[]> {
  const rows = await api.sql<{ user_id: string }>(
    `select user_id from memberships where company_id = $1 and role = 'owner'`,
    [id],
  )
  return rows.map(({ user_id }) => user_id)
}
