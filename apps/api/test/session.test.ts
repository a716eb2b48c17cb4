import { createHash } from 'node:crypto'
import type { Company } from '@spintrack/contract/companies'
import type { Session } from '@spintrack/contract/session'
import t from 'tap'
import { addSpinner, type Person, startApi } from './support/api.ts'
import { gate } from './support/gate.ts'
import type { Visitor } from './support/visitor.ts'

const slow = gate()
const api = await startApi(t, { connections: 4, tenancy: slow.tenancy })

const idOf = (visitor: Visitor) => decodeURIComponent(visitor.cookies.get('spintrack') ?? '').split('.')[0] ?? ''
const hashOf = (visitor: Visitor) => createHash('sha256').update(idOf(visitor)).digest('hex')

t.test('the session tells who is logged in, and is not sent again when it is known', async t => {
  const ada = await api.founder()
  const { body, headers } = await ada.get<Session>('/session').expect(200)
  t.match(body, {
    user: { id: ada.id, email: ada.email, name: ada.name },
    company: { id: ada.company.id, role: 'owner' },
  })
  t.strictSame(body.companies.length, 1)
  t.equal(body.company?.lastOpenedBy?.name, ada.name)
  await ada.get('/session', { 'if-none-match': String(headers.etag) }).expect(304)
})

t.test('of a session id only the SHA-256 is stored', async t => {
  const ada = await api.person()
  t.ok(idOf(ada).length >= 32, 'the cookie carries at least 24 random bytes')
  t.strictSame(await api.sql('select user_id from sessions where id_hash = $1', [hashOf(ada)]), [{ user_id: ada.id }])
  const rows = await api.sql('select sessions::text as row from sessions where user_id = $1', [ada.id])
  t.notMatch(JSON.stringify(rows), idOf(ada))
})

t.test('a cookie planted before the log-in is worth nothing after it', async t => {
  const mallory = await api.person()
  const ada = await api.person()
  for (const planted of [mallory.cookies.get('spintrack') ?? '', `${'a'.repeat(32)}.forged`, 'nonsense']) {
    const victim = api.stranger()
    victim.cookies.set('spintrack', planted)
    await victim.post('/session', { email: ada.email, password: ada.password }).expect(200)
    t.not(victim.cookies.get('spintrack'), planted)
    t.equal((await victim.get<Session>('/session')).body.user.id, ada.id)
    const thief = api.stranger()
    thief.cookies.set('spintrack', planted)
    await thief.get('/session').expect('unauthenticated')
  }
})

t.test('every log-in has a session id of its own', async t => {
  const ada = await api.person()
  const other = await api.logIn(ada)
  t.not(idOf(other), idOf(ada))
  await other.delete('/session').expect(204)
  await ada.get('/session').expect(200)
})

t.test('a cookie that was not signed by us is not looked at', async () => {
  const ada = await api.person()
  const thief = api.stranger()
  const [id, signature = ''] = decodeURIComponent(ada.cookies.get('spintrack') ?? '').split('.')
  for (const value of [`${id}`, `${id}.`, `${id}.${signature.slice(1)}x`, `.${signature}`, '', '%00', '%E0%A4%A']) {
    thief.cookies.set('spintrack', value)
    await thief.get('/session').expect('unauthenticated')
  }
  await ada.get('/session').expect(200)
})

t.test(
  'a session ends when it was not used for twelve hours, and after seven days, by the database’s clock',
  async t => {
    const ada = await api.founder()
    const [row] = await api.sql(
      `select extract(epoch from idle_expires_at - now())::int as idle, extract(epoch from expires_at - now())::int as absolute
     from sessions where id_hash = $1`,
      [hashOf(ada)],
    )
    t.ok(Math.abs(Number(row?.idle) - 12 * 3600) < 60, 'twelve hours')
    t.ok(Math.abs(Number(row?.absolute) - 7 * 24 * 3600) < 60, 'seven days')
    for (const column of ['idle_expires_at', 'expires_at']) {
      const tab = await api.logIn(ada)
      const set = (interval: string) =>
        api.sql(`update sessions set ${column} = now() + $2::interval where id_hash = $1`, [hashOf(tab), interval])
      await set('1 minute')
      await tab.get('/spinners').expect(200)
      await set('-1 second')
      await tab.get('/spinners').expect('unauthenticated')
      await tab.get('/session').expect('unauthenticated')
      await tab.delete('/session').expect('unauthenticated')
    }
  },
)

t.test('use moves the idle limit and not the absolute one', async () => {
  const ada = await api.founder()
  const aged = () =>
    api.sql(
      `update sessions set last_seen_at = now() - interval '2 minutes', idle_expires_at = now() + interval '1 hour',
       expires_at = now() + interval '2 days' where id_hash = $1`,
      [hashOf(ada)],
    )
  await aged()
  await ada.get('/spinners').expect(200)
  await until(async () => {
    const [row] = await api.sql(
      `select idle_expires_at > now() + interval '11 hours' as idle, expires_at < now() + interval '49 hours' as absolute
       from sessions where id_hash = $1`,
      [hashOf(ada)],
    )
    return row?.idle === true && row.absolute === true
  })
})

t.test('logging out ends the session at once and has the browser forget it', async t => {
  const ada = await api.founder()
  const copy = api.stranger()
  for (const [name, value] of ada.cookies) copy.cookies.set(name, value)
  await copy.get('/spinners').expect(200)
  const answer = await ada.delete('/session').expect(204)
  t.equal(answer.headers['clear-site-data'], '"cache", "storage"')
  t.equal(ada.cookies.size, 0)
  for (const path of ['/spinners', '/session', '/companies']) await copy.get(path).expect('unauthenticated')
  await copy.delete('/session').expect('unauthenticated')
  t.match(await api.sql('select revoked_at from sessions where id_hash = $1', [hashOf(copy)]), [{ revoked_at: Date }])
})

t.test('a slow request in flight while logging out finishes and does not bring the session back', async t => {
  const ada = await api.founder()
  await api.sql(`update sessions set last_seen_at = now() - interval '1 hour' where id_hash = $1`, [hashOf(ada)])
  const copy = new Map(ada.cookies)
  const held = slow.hold()
  const reading = ada.get('/spinners')
  const writing = ada.post('/spinners', { serialNumber: 'in flight', name: 'In flight' })
  await held.reached(2)
  await ada.delete('/session').expect(204)
  held.release()
  await reading.expect(200)
  const { setCookies } = await writing.expect(201)
  t.strictSame(setCookies, [], 'an ordinary answer sets no cookie')
  const back = api.stranger()
  for (const [name, value] of copy) back.cookies.set(name, value)
  await back.get('/session').expect('unauthenticated')
  t.match(await api.sql('select revoked_at from sessions where id_hash = $1', [hashOf(back)]), [{ revoked_at: Date }])
})

t.test('a slow request in flight during a switch does not revert it, and ends in the company it began in', async t => {
  const ada = await api.founder()
  const { body: second } = await ada.post<Company>('/companies', { name: 'Second' }).expect(201)
  await ada.put('/session/company', { companyId: ada.company.id }).expect(200)
  await api.sql(`update sessions set last_seen_at = now() - interval '1 hour' where id_hash = $1`, [hashOf(ada)])
  const held = slow.hold()
  const writing = ada.post<{ id: string }>('/spinners', { serialNumber: 'begun in the first', name: 'Slow' })
  await held.reached(1)
  const { body } = await ada.put<Session>('/session/company', { companyId: second.id }).expect(200)
  t.equal(body.company?.id, second.id)
  held.release()
  const spinner = (await writing.expect(201)).body
  t.equal((await ada.get<Session>('/session')).body.company?.id, second.id)
  await ada.get(`/spinners/${spinner.id}`).expect('not_found')
  await ada.get(`/spinners/${spinner.id}`, { 'x-company': ada.company.id }).expect(200)
})

t.test('the chosen company is that of requests which name none', async t => {
  const ada = await api.founder()
  const other = await api.founder()
  await ada.put('/session/company', { companyId: other.company.id }).expect('company_not_found')
  await ada.put('/session/company', { companyId: '0190b7a0-0000-7000-8000-000000000000' }).expect('company_not_found')
  t.equal((await ada.get<Session>('/session')).body.company?.id, ada.company.id, 'a refused switch switches nothing')
  await api.join(other.company, ada, 'viewer')
  await ada.put('/session/company', { companyId: other.company.id }).expect(200)
  t.equal((await ada.get<Company>('/company')).body.id, other.company.id)
  await api.sql(`update tenants set state = 'suspended' where name = (select tenant from companies where id = $1)`, [
    ada.company.id,
  ])
  await ada.put('/session/company', { companyId: ada.company.id }).expect('company_suspended')
})

t.test('somebody without a company is asked to choose one', async () => {
  const ada = await api.person()
  await ada.get('/spinners').expect('company_required')
  await ada.get('/company', { 'x-company': 'no-such' }).expect('company_not_found')
})

t.test('two tabs on two companies stay apart: X-Company decides, by id and by slug', async t => {
  const ada = await api.founder()
  const { body: second } = await ada.post<Company>('/companies', { name: 'Second' }).expect(201)
  const left = ada.tab({ 'x-company': ada.company.slug })
  const right = ada.tab({ 'x-company': second.id })
  const mine = await addSpinner(left)
  await ada.put('/session/company', { companyId: second.id }).expect(200)
  const late = await addSpinner(left, { name: 'A form opened before the other tab switched' })
  await left.get(`/spinners/${late.id}`).expect(200)
  for (const { id } of [mine, late]) await right.get(`/spinners/${id}`).expect('not_found')
  t.equal((await left.get<Company>('/company')).body.id, ada.company.id)
  t.equal((await right.get<Company>('/company')).body.id, second.id)
  t.equal((await ada.get<Company>('/company', { 'x-company': ada.company.id.toUpperCase() })).body.id, ada.company.id)
})

t.test('an unknown and a foreign company answer the same, byte for byte', async t => {
  const ada = await api.founder()
  const other = await api.founder()
  const unknown = ['no-such-company', '0190b7a0-0000-7000-8000-000000000000', '', `${'x'.repeat(5000)}`, "' or 1=1 --"]
  for (const method of ['GET', 'HEAD']) {
    const answers = []
    for (const name of [other.company.slug, other.company.id, ...unknown]) {
      const { status, text, headers } = await ada.send(method, '/spinners', { headers: { 'x-company': name } })
      t.equal(status, 404)
      const requestId = String(headers['x-request-id'])
      const now = { date: '', 'ratelimit-remaining': '', 'ratelimit-reset': '' }
      answers.push(JSON.stringify([text, { ...headers, ...now }]).replaceAll(requestId, ''))
    }
    t.equal(new Set(answers).size, 1, `${method} tells nothing`)
  }
  const switched = await Promise.all(
    [other.company.id, '0190b7a0-0000-7000-8000-000000000000'].map(companyId =>
      ada.put('/session/company', { companyId }),
    ),
  )
  const [one, two] = switched.map(({ body }) => ({ ...(body as object), requestId: '' }))
  t.strictSame(one, two)
})

t.test('a removed member is refused on the very next request', async t => {
  const { ada, ben, tab } = await guest()
  await tab.get('/spinners').expect(200)
  await api.leave(ada.company, ben)
  await tab.get('/spinners').expect('company_not_found')
  await tab.post('/spinners', { serialNumber: 'late', name: 'Late' }).expect('company_not_found')
  await ben.put('/session/company', { companyId: ada.company.id }).expect('company_not_found')
  t.strictSame((await ben.get<Session>('/session')).body.companies, [])
})

t.test('somebody removed from their default company is still logged in, and nowhere', async t => {
  const { ada, ben } = await guest()
  await ben.put('/session/company', { companyId: ada.company.id }).expect(200)
  await ben.get('/spinners').expect(200)
  await api.leave(ada.company, ben)
  await ben.get('/spinners').expect('company_not_found')
  t.equal((await ben.get<Session>('/session').expect(200)).body.company, null)
})

t.test('a demoted member is refused on the very next request', async () => {
  const { ada, ben, tab } = await guest()
  await addSpinner(tab)
  await api.sql(`update memberships set role = 'viewer' where user_id = $1 and company_id = $2`, [
    ben.id,
    ada.company.id,
  ])
  await tab.post('/spinners', { serialNumber: 'late', name: 'Late' }).expect('forbidden')
  await tab.get('/spinners').expect(200)
})

t.test('a company that is suspended, leaving or being upgraded is closed on the very next request', async t => {
  const { ada, tab } = await guest()
  const set = (column: string, value: unknown) =>
    api.sql(`update tenants set ${column} = $2 where name = (select tenant from companies where id = $1)`, [
      ada.company.id,
      value,
    ])
  const cases = [
    ['state', 'suspended', 'company_suspended'],
    ['state', 'archived', 'company_archived'],
    ['state', 'purging', 'company_not_found'],
  ] as const
  for (const [column, value, code] of cases) {
    await set(column, value)
    for (const one of [ada, tab]) await one.get('/spinners').expect(code)
    await tab.post('/spinners', { serialNumber: 'late', name: 'Late' }).expect(code)
    t.equal((await ada.get<Session>('/session').expect(200)).body.company?.state, value)
    await set('state', 'ready')
    await tab.get('/spinners').expect(200)
  }
  const [row] = await api.sql('select version from tenants where name = (select tenant from companies where id = $1)', [
    ada.company.id,
  ])
  for (const version of [Number(row?.version) + 1, Number(row?.version) - 2]) {
    await set('version', version)
    await tab.get('/spinners').expect('tenant_upgrading')
  }
})

t.test('with an Authorization header the cookie is ignored', async () => {
  const ada = await api.founder()
  for (const authorization of ['Bearer spin_nothing', 'Basic YTpi', '']) {
    await ada.get('/spinners', { authorization }).expect('unauthenticated')
    await ada.delete('/session', { authorization }).expect('unauthenticated')
  }
  await ada.get('/spinners').expect(200)
})

/** Ada’s company, and Ben who is a member of it with a tab there. */
async function guest(): Promise<{ ada: Awaited<ReturnType<typeof api.founder>>; ben: Person; tab: Visitor }> {
  const [ada, ben] = [await api.founder(), await api.person()]
  await api.join(ada.company, ben, 'member')
  return { ada, ben, tab: ben.tab({ 'x-company': ada.company.id }) }
}

/** Asks again and again, for what happens after the answer was sent. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000
  while (!(await condition())) if (Date.now() > deadline) throw new Error('It has not happened within five seconds')
}
