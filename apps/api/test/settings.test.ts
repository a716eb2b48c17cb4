import type { Company } from '@spintrack/contract/companies'
import type { Session } from '@spintrack/contract/session'
import t from 'tap'
import { startApi, word } from './support/api.ts'

const api = await startApi(t)

t.test('a company gets another name, address and looks, and its people see them', async t => {
  const ada = await api.founder()
  const old = ada.company
  const slug = word('new')
  const changes = { name: ' New name ', slug, branding: { colour: '#2f6fed', greeting: 'Spin on' } }
  const { body, headers } = await ada.patch<Company>('/company', changes).expect(200)
  t.match(body, {
    id: old.id,
    name: 'New name',
    slug,
    role: 'owner',
    state: 'ready',
    memberId: old.memberId,
    branding: { colour: '#2f6fed', greeting: 'Spin on', logoUpdatedAt: null },
    version: old.version + 1,
  })
  t.equal(headers.etag, `"${body.version}"`)
  t.same((await ada.get('/company').expect(200)).body, body)
  t.match((await ada.get<Session>('/session')).body.companies, [{ name: 'New name', slug, colour: '#2f6fed' }])

  const kept = await ada.patch<Company>('/company', { branding: { colour: null } }).expect(200)
  t.match(kept.body, { name: 'New name', slug, branding: { colour: null, greeting: 'Spin on' } })
})

t.test('an old address leads nowhere, and is free for others', async t => {
  const ada = await api.founder()
  const { slug } = ada.company
  await ada.patch('/company', { slug: word('moved') }).expect(200)
  await ada.get('/company', { 'x-company': slug }).expect('company_not_found')
  const ben = await api.founder()
  await ben.patch('/company', { slug }).expect(200)
  t.match((await ben.get('/company', { 'x-company': slug }).expect(200)).body, { id: ben.company.id })
  const { errors } = await ada.patch('/company', { slug }).expect('slug_taken')
  t.equal(errors[0]?.path, '/body/slug')
})

t.test('a change against an old version is refused', async t => {
  const ada = await api.founder()
  const { headers } = await ada.get('/company')
  const etag = String(headers.etag)
  await ada.patch('/company', { name: 'Mine' }, { 'if-match': etag }).expect(200)
  await ada.get('/company', { 'if-none-match': etag }).expect(200)
  await ada.patch('/company', { name: 'Theirs' }, { 'if-match': etag }).expect('stale_version')
  t.match((await ada.get('/company')).body, { name: 'Mine' })
})

t.test('what the looks of a company cannot be is refused', async () => {
  const ada = await api.founder()
  const bad = [
    {},
    { branding: {} },
    { branding: null },
    { branding: { colour: 'red' } },
    { branding: { colour: '#FFFFFF' } },
    { branding: { colour: '#fff' } },
    { branding: { greeting: ' ' } },
    { branding: { greeting: 'x'.repeat(141) } },
    { branding: { logoUpdatedAt: null } },
    { name: null },
    { slug: null },
    { slug: 'Upper' },
    { state: 'ready' },
    { demoExpiresAt: null },
  ]
  for (const body of bad) await ada.patch('/company', body).expect('invalid_request')
})
