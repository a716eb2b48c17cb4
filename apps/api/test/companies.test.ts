import type { Company } from '@spintrack/contract/companies'
import type { CompanySummary, Session } from '@spintrack/contract/session'
import t from 'tap'
import { startApi, word } from './support/api.ts'
import { everyPage } from './support/pages.ts'

const api = await startApi(t, { connections: 4 })

t.test('whoever makes a company owns it, and their session moves to it', async t => {
  const ada = await api.person('Ada Flick')
  const slug = word('orbit')
  const { body } = await ada
    .post<Company>('/companies', { name: ' Orbit Bearings ', slug, template: 'blank' })
    .expect(201)
  t.match(body, { name: 'Orbit Bearings', slug, role: 'owner', state: 'ready' })
  t.same((await ada.get('/company').expect(200)).body, body)
  const session = (await ada.get<Session>('/session')).body
  t.equal(session.company?.id, body.id)
  const members = await ada.get<{ items: unknown[] }>('/members').expect(200)
  t.match(members.body.items, [{ id: body.memberId, name: 'Ada Flick', active: true }])
  const { headers } = await ada.get('/company')
  await ada.get('/company', { 'if-none-match': String(headers.etag) }).expect(304)
})

t.test('without an address of its own a company gets one from its name', async t => {
  const ada = await api.person()
  const name = `Größe & Söhne ${word('x')}`
  const slugs = []
  for (let made = 0; made < 5; made++)
    slugs.push((await ada.post<Company>('/companies', { name }).expect(201)).body.slug)
  t.match(slugs[0], /^gro-e-sohne-x-/)
  t.equal(new Set(slugs).size, 5, 'each another')
  for (const slug of slugs) t.match(slug, /^[a-z0-9]+(-[a-z0-9]+)*$/)
  const odd = ['東京', '!!', 'a', '   x   ', '💫'.repeat(50)]
  for (const name of odd)
    t.match((await ada.post<Company>('/companies', { name }).expect(201)).body.slug, /^[a-z0-9-]{2,40}$/)
})

t.test('an address is never shaped like an id, which X-Company takes too', async t => {
  const ada = await api.person()
  const slug = '01a1fa7d-741a-70c0-bfc6-26c09e4e9614'
  const { errors } = await ada.post('/companies', { name: 'Twin', slug }).expect('invalid_request')
  t.equal(errors[0]?.path, '/body/slug')
})

t.test('an address is one company’s', async t => {
  const [ada, ben] = [await api.person(), await api.person()]
  const slug = word('mine')
  await ada.post('/companies', { name: 'Mine', slug }).expect(201)
  const { errors } = await ben.post('/companies', { name: 'Mine too', slug }).expect('slug_taken')
  t.equal(errors[0]?.path, '/body/slug')
  t.strictSame((await ben.get<Session>('/session')).body.companies, [], 'a refused company leaves nothing')
})

t.test('two companies wanting one address at once: one gets it', async t => {
  const people = await Promise.all(Array.from({ length: 4 }, () => api.person()))
  const slug = word('race')
  const answers = await Promise.all(people.map(person => person.post('/companies', { name: 'Race', slug })))
  t.strictSame(answers.map(({ code }) => code ?? 'made').sort(), ['made', 'slug_taken', 'slug_taken', 'slug_taken'])
  t.strictSame(await api.sql('select count(*)::int as count from companies where slug = $1', [slug]), [{ count: 1 }])
})

t.test('everybody sees their own companies, page by page', async t => {
  const ada = await api.person()
  await api.founder()
  const made = []
  for (let index = 0; index < 5; index++) {
    made.push((await ada.post<Company>('/companies', { name: `Company ${index}` }).expect(201)).body.id)
  }
  for (const limit of [1, 2, 5, 50]) {
    const found = await everyPage<CompanySummary>(ada, `/companies?limit=${limit}`)
    t.strictSame(
      found.map(({ id }) => id),
      made,
    )
  }
  t.strictSame(await everyPage(await api.person(), '/companies'), [])
})

t.test('people see who opened the company last', async t => {
  const ada = await api.founder('Ada')
  const ben = await api.person('Ben')
  await api.join(ada.company, ben, 'viewer')
  const summary = async () => (await ben.get<Session>('/session')).body.companies[0]
  t.match(await summary(), { role: 'viewer', lastOpenedBy: { name: 'Ada' } })
  await ben.get('/spinners', { 'x-company': ada.company.slug }).expect(200)
  const deadline = Date.now() + 5000
  while ((await summary())?.lastOpenedBy?.name !== 'Ben') if (Date.now() > deadline) t.bailout('never noted')
  t.ok(Date.parse(String((await summary())?.lastOpenedAt)) > Date.now() - 60_000)
})

t.test('the people of a company are listed page by page, those who left included', async t => {
  const ada = await api.founder('Ada')
  const people = [await api.person('Ben'), await api.person('Cleo'), await api.person('Dan')]
  for (const person of people) await api.join(ada.company, person, 'member')
  await api.leave(ada.company, people[1] as (typeof people)[0])
  for (const limit of [1, 2, 50]) {
    const found = await everyPage<{ name: string; active: boolean }>(ada, `/members?limit=${limit}`)
    t.strictSame(
      found.map(({ name, active }) => [name, active]),
      [
        ['Ada', true],
        ['Ben', true],
        ['Cleo', false],
        ['Dan', true],
      ],
    )
  }
})
