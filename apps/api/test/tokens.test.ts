import { createHash } from 'node:crypto'
import { limits } from '@spintrack/contract/limits'
import type { NewToken, Token } from '@spintrack/contract/tokens'
import { newId } from '@spintrack/domain/ids'
import { createFindTokenPrincipal } from '@spintrack/domain/principal'
import { newToken } from '@spintrack/domain/token-format'
import { touchToken } from '@spintrack/domain/tokens'
import t from 'tap'
import { addSpinner, addToken, type Founder, startApi, withToken, word } from './support/api.ts'
import { everyPage, type Page } from './support/pages.ts'
import type { Visitor } from './support/visitor.ts'

const api = await startApi(t)

t.test('a token is shown once, stored as its SHA-256, and works in its company without anything else', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const name = word('Gateway')
  const { body: made, headers } = await ada
    .post<NewToken>('/tokens', { name: ` ${name} `, scopes: ['read', 'write'] })
    .expect(201)
  const { token, ...shown } = made
  t.equal(headers.etag, undefined)
  t.match(token, /^spin_[0-9A-Za-z]{36}$/)
  t.match(shown, { name, prefix: token.slice(0, 9), scopes: ['read', 'write'], memberId: ada.company.memberId })
  t.strictSame([shown.lastUsedAt, shown.expiresAt], [null, null])
  const script = withToken(api, token)
  t.strictSame((await script.get<Page<unknown>>('/spinners').expect(200)).body.items, [spinner])
  await script.post('/spins', { spinnerId: spinner.id, durationMs: 5 }).expect(201)
  const list = await ada.get<Page<Token>>('/tokens').expect(200)
  t.strictSame(
    list.body.items.map(item => ({ ...item, lastUsedAt: null })),
    [shown],
  )
  t.notMatch(list.text, token)
  const [row] = await api.sql<{ text: string; hash: string }>(
    'select x::text as text, hash from tokens x where id = $1',
    [shown.id],
  )
  t.equal(row?.hash, createHash('sha256').update(token).digest('hex'))
  t.notMatch(row?.text, token.slice(5 + 4))
})

t.test('mistyped, unknown, expired and revoked tokens get one answer, at once', async t => {
  const ada = await api.founder()
  const expired = await addToken(ada, { expiresAt: '2999-01-01T00:00:00Z' })
  const revoked = await addToken(ada)
  for (const one of [expired, revoked]) await withToken(api, one.token).get('/spinners').expect(200)
  await api.sql(`update tokens set expires_at = now() where id = $1`, [expired.id])
  await ada.delete(`/tokens/${revoked.id}`).expect(204)
  const answers = []
  for (const authorization of [
    `Bearer ${expired.token}`,
    `Bearer ${revoked.token}`,
    `Bearer ${newToken()}`,
    `Bearer ${expired.token}x`,
    'Bearer spin_',
    'Bearer',
    '',
    `Basic ${Buffer.from(`ada:${expired.token}`).toString('base64')}`,
    expired.token,
  ]) {
    const { headers, body } = await ada.tab({ authorization }).get<object>('/spinners').expect('unauthenticated')
    t.equal(headers['www-authenticate'], 'Bearer error="invalid_token"')
    answers.push({ ...body, requestId: '' })
  }
  t.strictSame(new Set(answers.map(answer => JSON.stringify(answer))).size, 1)
  const { headers } = await api.stranger().get('/spinners').expect('unauthenticated')
  t.equal(headers['www-authenticate'], undefined, 'who presents none is not told about tokens')
})

t.test('the scheme may be written in any case, as RFC 9110 has it', async () => {
  const ada = await api.founder()
  const { token } = await addToken(ada)
  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    await api
      .stranger()
      .tab({ authorization: `${scheme} ${token}` })
      .get('/company')
      .expect(200)
  }
})

t.test('a token knows its own company, by any of its names, and no other of its owner', async t => {
  const ada = await api.founder()
  const { body: second } = await ada.post<Founder['company']>('/companies', { name: 'Second' }).expect(201)
  const { id, slug } = ada.company
  const { token } = await addToken(ada.tab({ 'x-company': id }))
  for (const company of [undefined, id, id.toUpperCase(), slug]) {
    const { body } = await withToken(api, token, company).get<Founder['company']>('/company').expect(200)
    t.equal(body.id, id, `named as ${company}`)
  }
  for (const company of [second.id, second.slug, newId(), 'nowhere', '']) {
    await withToken(api, token, company).get('/company').expect('company_not_found')
  }
  await api.sql(`update tenants set state = 'suspended' where name = (select tenant from companies where id = $1)`, [
    id,
  ])
  await withToken(api, token).get('/company').expect('company_suspended')
})

t.test(
  'who is taken out of a company is refused on the next request, and so they stay when they come back',
  async t => {
    const ada = await api.founder()
    const bob = await api.person()
    await api.join(ada.company, bob, 'admin')
    const { id, token } = await addToken(bob.tab({ 'x-company': ada.company.id }))
    const script = withToken(api, token)
    await script.get('/spinners').expect(200)
    await api.leave(ada.company, bob)
    await script.get('/spinners').expect('unauthenticated')
    t.strictSame(await api.sql('select id from tokens where id = $1', [id]), [])
    await api.join(ada.company, bob, 'admin')
    await script.get('/spinners').expect('unauthenticated')
  },
)

t.test('a token does what the role allows that its owner has now', async () => {
  const ada = await api.founder()
  const bob = await api.person()
  await api.join(ada.company, bob, 'member')
  const { token } = await addToken(bob.tab({ 'x-company': ada.company.id }), { scopes: ['write'] })
  const script = withToken(api, token)
  await addSpinner(script)
  await api.sql(`update memberships set role = 'viewer' where user_id = $1`, [bob.id])
  await script.post('/spinners', { serialNumber: '2', name: 'Two' }).expect('forbidden')
  await script.get('/spinners').expect(200)
  await api.sql(`update memberships set role = 'member' where user_id = $1`, [bob.id])
  await addSpinner(script)
})

t.test('a refusal says which scope is missing', async t => {
  const ada = await api.founder()
  const { token } = await addToken(ada, { scopes: ['read'] })
  const { body } = await withToken(api, token).post<{ detail: string }>('/spinners', {}).expect('forbidden')
  t.match(body.detail, /has the scope read, and spinners\.write needs write/)
})

t.test('beside a token the cookie counts for nothing, whosever it is', async t => {
  const ada = await api.founder()
  const ben = await api.founder()
  const { token } = await addToken(ben)
  await api.sql(`update sessions set last_seen_at = '2020-01-01' where user_id = $1`, [ada.id])
  const both = ada.tab({ authorization: `Bearer ${token}` })
  const { body, setCookies } = await both.get<Founder['company']>('/company').expect(200)
  t.equal(body.id, ben.company.id)
  t.strictSame(setCookies, [])
  await both
    .tab({ ...both.headers, 'x-company': ada.company.id })
    .get('/company')
    .expect('company_not_found')
  const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }
  await both.post('/spinners', { serialNumber: word('SN'), name: 'Theirs' }, cross).expect(201)
  await both.delete('/session').expect('forbidden')
  await both.put('/session/company', { companyId: ben.company.id }).expect('forbidden')
  await ada
    .tab({ authorization: `Bearer ${newToken()}` })
    .get('/company')
    .expect('unauthenticated')
  const [session] = await api.sql<{ seen: string }>(
    `select last_seen_at::text as seen from sessions where user_id = $1 and revoked_at is null`,
    [ada.id],
  )
  t.match(session?.seen, /^2020-01-01/, 'her session was not used')
  await ada.get('/company').expect(200)
  const forged = api.stranger()
  forged.cookies.set('spintrack', 'of.nobody')
  await forged
    .tab({ authorization: `Bearer ${token}` })
    .get('/company')
    .expect(200)
})

t.test('only a token is let through from another site; what browsers send by themselves is not', async () => {
  const ada = await api.founder()
  const cross = { 'sec-fetch-site': 'cross-site' }
  for (const authorization of ['Basic YWRhOmFkYQ==', 'Digest x', '']) {
    await ada.post('/spinners', {}, { ...cross, authorization }).expect('cross_site_request')
  }
})

t.test('what belongs to a person rather than to a company is for sessions', async t => {
  const ada = await api.founder()
  const script = withToken(api, (await addToken(ada)).token)
  const answers = [
    await script.get<{ detail: string }>('/session').expect('forbidden'),
    await script.get<{ detail: string }>('/companies').expect('forbidden'),
    await script.post<{ detail: string }>('/companies', { name: 'More' }).expect('forbidden'),
    await script.post<{ detail: string }>('/tokens', { name: 'Another', scopes: ['write'] }).expect('forbidden'),
    await script.post<{ detail: string }>('/tokens', { no: 'such field' }).expect('forbidden'),
  ]
  for (const { body } of answers)
    t.match(body.detail, /token can only be used inside its company.*POST \/api\/v1\/session/)
  await script.get('/tokens').expect(200)
})

t.test('sent again under its key the request shows the same token, which is stored nowhere', async t => {
  const ada = await api.founder()
  const under = { 'idempotency-key': word('key') }
  const body = { name: word('Once'), scopes: ['read'] }
  const first = await ada.post<NewToken>('/tokens', body, under).expect(201)
  const again = await ada.post<NewToken>('/tokens', body, under).expect(201)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.strictSame(again.body, first.body)
  t.equal((await ada.get<Page<Token>>('/tokens').expect(200)).body.items.length, 1)
  await withToken(api, again.body.token).get('/spinners').expect(200)
  const [home] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [ada.company.id])
  const kept = await api.sql<{ value: string }>(`select value::text from "${home?.tenant}".idempotency_keys`)
  t.match(kept, [{ value: body.name }])
  t.notMatch(kept[0]?.value, first.body.token.slice(9))
})

t.test('a company that closes closes to its tokens, and they work again when it is back', async () => {
  const ada = await api.founder()
  const script = withToken(api, (await addToken(ada)).token)
  await ada.send('DELETE', '/company', { body: { confirm: ada.company.slug } }).expect(202)
  await script.get('/spinners').expect('company_archived')
  await script.get('/company').expect(200)
  await ada.delete('/company/deletion').expect(204)
  await script.get('/spinners').expect(200)
})

t.test('the tokens of somebody who is deleted go with them', async t => {
  const ada = await api.founder()
  const bob = await api.person()
  await api.join(ada.company, bob, 'member')
  const { id, token } = await addToken(bob.tab({ 'x-company': ada.company.id }))
  await withToken(api, token).get('/spinners').expect(200)
  await api.sql('delete from users where id = $1', [bob.id])
  await withToken(api, token).get('/spinners').expect('unauthenticated')
  t.strictSame(await api.sql('select id from tokens where id = $1', [id]), [])
})

t.test('the last use is noted, and no more than once a minute', async t => {
  const ada = await api.founder()
  const { id, token } = await addToken(ada)
  const used = async () => {
    const { body } = await ada.get<Page<Token>>('/tokens').expect(200)
    return body.items.find(one => one.id === id)?.lastUsedAt ?? null
  }
  t.equal(await used(), null)
  await withToken(api, token).get('/spinners').expect(200)
  const deadline = Date.now() + 5_000
  while ((await used()) === null && Date.now() < deadline) await new Promise(setImmediate)
  t.ok(Math.abs(Date.now() - Date.parse((await used()) ?? '')) < 60_000)
  const find = createFindTokenPrincipal(api.database.tenancy.control)
  const stale = async (age: string) => {
    await api.sql('update tokens set last_used_at = now() - $2::interval where id = $1', [id, age])
    return (await find(token))?.token.stale
  }
  t.strictSame([await stale('59 seconds'), await stale('61 seconds')], [false, true])
  await touchToken(api.database.tenancy.control, id)
  const noted = await used()
  await touchToken(api.database.tenancy.control, id)
  t.equal(await used(), noted, 'one of many requests at once that all found it stale')
  t.equal((await find(token))?.membership?.stale, false, 'a script at work is nobody who opens the company')
})

t.test('everybody sees and revokes their own tokens; owners and admins those of all', async t => {
  const ada = await api.founder()
  const people: Record<string, Visitor> = { owner: ada }
  for (const role of ['admin', 'member', 'viewer'] as const) {
    const person = await api.person()
    await api.join(ada.company, person, role)
    people[role] = person.tab({ 'x-company': ada.company.id })
  }
  const tokens: Record<string, NewToken> = {}
  for (const [role, person] of Object.entries(people)) tokens[role] = await addToken(person, { name: role })
  const seen = async (person: Visitor) => (await everyPage<Token>(person, '/tokens?limit=3')).map(({ name }) => name)
  const all = ['viewer', 'member', 'admin', 'owner']
  for (const [role, person] of Object.entries(people)) {
    const oversees = role === 'owner' || role === 'admin'
    t.strictSame(await seen(person), oversees ? all : [role], `${role} sees`)
    t.strictSame(await seen(withToken(api, tokens[role]?.token)), oversees ? all : [role], `so does their token`)
  }
  for (const role of ['member', 'viewer']) {
    for (const whose of all.filter(other => other !== role)) {
      await people[role]?.delete(`/tokens/${tokens[whose]?.id}`).expect('not_found')
    }
  }
  for (const { token } of Object.values(tokens)) await withToken(api, token).get('/spinners').expect(200)
  for (const [role, whose] of [
    ['viewer', 'viewer'],
    ['admin', 'owner'],
    ['owner', 'member'],
  ] as const) {
    await people[role]?.delete(`/tokens/${tokens[whose]?.id}`).expect(204)
    await people[role]?.delete(`/tokens/${tokens[whose]?.id}`).expect('not_found')
    await withToken(api, tokens[whose]?.token).get('/spinners').expect('unauthenticated')
  }
  t.strictSame(await seen(ada), ['admin'])
})

t.test('a token can revoke itself, and then is of no more use', async () => {
  const ada = await api.founder()
  const { id, token } = await addToken(ada, { scopes: ['write'] })
  await withToken(api, token).delete(`/tokens/${id}`).expect(204)
  await withToken(api, token).delete(`/tokens/${id}`).expect('unauthenticated')
})

t.test('an end must lie ahead, and a name and scopes must be given', async t => {
  const ada = await api.founder()
  const good = { name: 'Good', scopes: ['read'] }
  const { errors } = await ada.post('/tokens', { ...good, expiresAt: '2020-01-01T00:00:00Z' }).expect('invalid_request')
  t.strictSame(errors, [{ path: '/body/expiresAt', message: 'must be in the future' }])
  for (const wrong of [
    { name: ' ' },
    { name: 'x'.repeat(limits.tokenName.max + 1) },
    { scopes: [] },
    { scopes: ['admin'] },
    { scopes: ['read', 'read'] },
    { scopes: 'read' },
    { expiresAt: 'tomorrow' },
    { expiresAt: null },
    { token: newToken() },
    { memberId: ada.company.memberId },
  ]) {
    await ada.post('/tokens', { ...good, ...wrong }).expect('invalid_request')
  }
  t.equal((await addToken(ada, { expiresAt: '2999-12-31T23:00:00+01:00' })).expiresAt, '2999-12-31T22:00:00.000Z')
})

t.test('a member has so many tokens at most, also when several are made at once', async t => {
  const ada = await api.founder()
  await api.sql(
    `insert into tokens (id, user_id, company_id, name, hash, prefix, scopes)
     select gen_random_uuid(), $1::uuid, $2::uuid, n::text, $1::text || n, 'spin_0000', '{read}' from generate_series(3, $3::int) n`,
    [ada.id, ada.company.id, limits.tokensPerMember],
  )
  const body = { name: 'One of many', scopes: ['read'] }
  const answers = await Promise.all(Array.from({ length: 5 }, () => ada.post('/tokens', body)))
  t.strictSame(answers.map(({ code = 'made' }) => code).sort(), [
    'made',
    'made',
    'too_many_tokens',
    'too_many_tokens',
    'too_many_tokens',
  ])
  const bob = await api.person()
  await api.join(ada.company, bob, 'member')
  await addToken(bob.tab({ 'x-company': ada.company.id }))
})

t.test('a mistyped token costs no query', async () => {
  const blind = await startApi(t)
  await blind.sql('revoke select on tokens from spintrack_app')
  await withToken(blind, newToken()).get('/spinners').expect('internal')
  await withToken(blind, `${newToken()}x`).get('/spinners').expect('unauthenticated')
})
