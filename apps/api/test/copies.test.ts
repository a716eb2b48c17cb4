import type { Company } from '@spintrack/contract/companies'
import type { Copy } from '@spintrack/contract/copies'
import { limits } from '@spintrack/contract/limits'
import type { Member } from '@spintrack/contract/members'
import type { Role } from '@spintrack/contract/permissions'
import type { Spinner } from '@spintrack/contract/spinners'
import type { Spin } from '@spintrack/contract/spins'
import t from 'tap'
import { addSpin, addSpinner, startApi, word } from './support/api.ts'
import { everyPage } from './support/pages.ts'
import type { Visitor } from './support/visitor.ts'

// One connection: the two companies of a copy, and everybody else's, take turns on it.
const api = await startApi(t, { connections: 1 })

/** Somebody with two companies, and a tab in each. */
async function twoCompanies(name = 'Ada') {
  const ada = await api.founder(name)
  const { body } = await ada.post<Company>('/companies', { name: word('Other') }).expect(201)
  return {
    ada,
    home: ada.tab({ 'x-company': ada.company.id }),
    other: ada.tab({ 'x-company': body.id }),
    companies: [ada.company, body] as const,
  }
}

const copy = async (from: Visitor, to: Company, spinners: Pick<Spinner, 'id'>[], rest: object = {}) =>
  (
    await from
      .post<Copy>('/copies', { toCompanyId: to.id, spinnerIds: spinners.map(({ id }) => id), ...rest })
      .expect(201)
  ).body

const tenantOf = async ({ id }: Company) =>
  (await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [id]))[0]?.tenant

t.test('spinners are copied with their spins and who spun, under ids of their own, with their origin', async t => {
  const { home, other, companies } = await twoCompanies('Ada')
  const [here, there] = companies
  const ben = await api.person('Ben')
  const benHere = await api.join(here, ben, 'member')
  const spinner = await addSpinner(home, { name: 'Comet', model: 'Tri-Bar', memberId: here.memberId })
  const [kept, left] = [await addSpinner(home, { memberId: benHere }), await addSpinner(home)]
  const spin = await addSpin(home, spinner, { note: 'mine', startedAt: '2026-01-01T00:00:00.000Z' })
  await addSpin(home, spinner, { memberId: benHere })
  await addSpin(home, left)

  t.strictSame(await copy(home, there, [spinner, kept]), { spinners: 2, spins: 2, members: 1, skipped: 0 })

  const found = await everyPage<Spinner>(other, '/spinners')
  t.strictSame(found.map(({ serialNumber }) => serialNumber).sort(), [spinner.serialNumber, kept.serialNumber].sort())
  const twin = found.find(({ name }) => name === 'Comet')
  t.match(twin, { model: 'Tri-Bar', memberId: there.memberId, createdAt: spinner.createdAt, version: 1 })
  t.not(twin?.id, spinner.id)
  t.equal(found.find(({ id }) => id !== twin?.id)?.memberId, null, 'Ben is not there to keep it')

  const members = await everyPage<Member>(other, '/members')
  t.strictSame(members.map(({ name, active }) => [name, active]).sort(), [
    ['Ada', true],
    ['Ben', false],
  ])
  const spins = await everyPage<Spin>(other, '/spins')
  const mine = spins.find(({ note }) => note === 'mine')
  t.match(mine, { memberId: there.memberId, spinnerId: twin?.id, startedAt: spin.startedAt, durationMs: 1000 })
  t.equal(spins.find(({ id }) => id !== mine?.id)?.memberId, members.find(({ name }) => name === 'Ben')?.id)
  await ben.get('/company', { 'x-company': there.id }).expect('company_not_found')

  const origins = await api.sql(
    `select kind, id, company_id, source_id from "${await tenantOf(there)}".origins where kind <> 'member' and source_id in ($1, $2) order by kind`,
    [spinner.id, spin.id],
  )
  t.strictSame(origins, [
    { kind: 'spin', id: mine?.id, company_id: here.id, source_id: spin.id },
    { kind: 'spinner', id: twin?.id, company_id: here.id, source_id: spinner.id },
  ])
})

t.test('a second copy brings what is new and what was deleted, and skips the rest', async t => {
  const { home, other, companies } = await twoCompanies()
  const [here, there] = companies
  const ben = await api.person('Ben')
  const memberId = await api.join(here, ben, 'member')
  const [spinner, second] = [await addSpinner(home), await addSpinner(home)]
  const first = await addSpin(home, spinner, { memberId })
  t.strictSame(await copy(home, there, [spinner, second]), { spinners: 2, spins: 1, members: 1, skipped: 0 })
  t.strictSame(await copy(home, there, [spinner, second]), { spinners: 0, spins: 0, members: 0, skipped: 3 })

  await addSpin(home, spinner, { memberId })
  const twins = await everyPage<Spinner>(other, '/spinners')
  const twin = twins.find(({ serialNumber }) => serialNumber === spinner.serialNumber)
  await other.patch(`/spinners/${twin?.id}`, { name: 'Theirs', serialNumber: word('SN') }).expect(200)
  t.strictSame(await copy(home, there, [spinner]), { spinners: 0, spins: 1, members: 0, skipped: 2 })
  t.match((await other.get(`/spinners/${twin?.id}`)).body, { name: 'Theirs' }, 'what was changed there stays')

  for (const { id } of await everyPage<Spin>(other, '/spins')) await other.delete(`/spins/${id}`).expect(204)
  await other.delete(`/spinners/${twin?.id}`).expect(204)
  t.strictSame(await copy(home, there, [spinner]), { spinners: 1, spins: 2, members: 0, skipped: 0 })
  await other.get(`/spinners/${twin?.id}`).expect(200)
  t.equal((await everyPage<Spin>(other, `/spins?spinnerId=${twin?.id}`)).length, 2)
  await home.get(`/spins/${first.id}`).expect(200)
})

t.test('without spins nobody is brought along', async () => {
  const { home, other, companies } = await twoCompanies()
  const spinner = await addSpinner(home)
  const memberId = await api.join(companies[0], await api.person(), 'member')
  await addSpin(home, spinner, { memberId })
  t.strictSame(await copy(home, companies[1], [spinner], { spins: false }), {
    spinners: 1,
    spins: 0,
    members: 0,
    skipped: 0,
  })
  t.strictSame(await everyPage(other, '/spins'), [])
  t.equal((await everyPage(other, '/members')).length, 1)
})

t.test('a person who was copied as one who left, and joins, is themselves from then on', async t => {
  const { home, other, companies } = await twoCompanies()
  const ben = await api.person('Ben')
  const memberId = await api.join(companies[0], ben, 'member')
  const spinner = await addSpinner(home)
  await addSpin(home, spinner, { memberId })
  await copy(home, companies[1], [spinner])
  const joined = await api.join(companies[1], ben, 'member')
  await addSpin(home, spinner, { memberId, note: 'later' })
  t.strictSame(await copy(home, companies[1], [spinner]), { spinners: 0, spins: 1, members: 0, skipped: 2 })
  const later = (await everyPage<Spin>(other, '/spins')).find(({ note }) => note === 'later')
  t.equal(later?.memberId, joined)
})

t.test('a serial number that is taken there is named, and nothing is copied', async t => {
  const { home, other, companies } = await twoCompanies()
  const spinners = [await addSpinner(home), await addSpinner(home), await addSpinner(home)]
  await addSpinner(other, { serialNumber: spinners[1]?.serialNumber })
  const spinnerIds = spinners.map(({ id }) => id)
  const { errors } = await home
    .post('/copies', { toCompanyId: companies[1].id, spinnerIds })
    .expect('serial_number_taken')
  t.match(errors, [{ path: '/body/spinnerIds/1', message: new RegExp(String(spinners[1]?.serialNumber)) }])
  t.equal((await everyPage(other, '/spinners')).length, 1)
  t.strictSame(await api.sql(`select id from "${await tenantOf(companies[1])}".origins`), [])
})

t.test('spinners of another company are not there', async t => {
  const { home, companies } = await twoCompanies()
  const eve = await api.founder()
  const [mine, theirs] = [await addSpinner(home), await addSpinner(eve)]
  const body = { toCompanyId: companies[1].id, spinnerIds: [mine.id, theirs.id] }
  const { errors } = await home.post('/copies', body).expect('not_found')
  t.match(errors, [{ path: '/body/spinnerIds/1' }])
  t.equal(errors.length, 1)
})

t.test('one copies only into another company of theirs, which they administer and which is open', async t => {
  const { ada, home, companies } = await twoCompanies()
  const [here, there] = companies
  const { id } = await addSpinner(home)
  const eve = await api.founder()
  const into = (toCompanyId: string, who: Visitor = home) => who.post('/copies', { toCompanyId, spinnerIds: [id] })
  await into(eve.company.id).expect('company_not_found')
  await into(id).expect('company_not_found')
  const { errors } = await into(here.id).expect('invalid_request')
  t.equal(errors[0]?.path, '/body/toCompanyId')
  for (const role of ['viewer', 'member'] as Role[]) {
    const [person, elsewhere] = [await api.person(), await api.founder()]
    await api.join(here, person, 'admin')
    await api.join(elsewhere.company, person, role)
    await into(elsewhere.company.id, person.tab({ 'x-company': here.id })).expect('forbidden')
    t.strictSame(await everyPage(elsewhere, '/spinners'), [])
  }
  const setState = (state: string, version: number) =>
    api.sql(
      'update tenants set state = $1, version = version + $2 where name = (select tenant from companies where id = $3)',
      [state, version, there.id],
    )
  for (const state of ['suspended', 'archived', 'purging']) {
    await setState(state, 0)
    await into(there.id).expect('company_not_found')
  }
  await setState('ready', 5)
  await into(there.id).expect('tenant_upgrading')
  await setState('ready', -5)
  await into(there.id).expect(201)
  t.ok(ada)
})

t.test('two copies of the same at once bring it once', async t => {
  const { home, other, companies } = await twoCompanies()
  const memberId = await api.join(companies[0], await api.person(), 'member')
  const spinners = [await addSpinner(home), await addSpinner(home)]
  for (const spinner of spinners) await addSpin(home, spinner, { memberId })
  const copies = await Promise.all([
    copy(home, companies[1], spinners),
    copy(home, companies[1], spinners.toReversed()),
    copy(home, companies[1], spinners),
  ])
  const sum = (part: keyof Copy) => copies.reduce((total, each) => total + each[part], 0)
  t.strictSame([sum('spinners'), sum('spins'), sum('members'), sum('skipped')], [2, 2, 1, 8])
  t.equal((await everyPage(other, '/spins')).length, 2)
})

t.test('a large copy is whole, and one that is larger still is refused', async t => {
  const { home, other, companies } = await twoCompanies()
  const spinner = await addSpinner(home)
  const tenant = await tenantOf(companies[0])
  const add = (count: number) =>
    api.sql(
      `insert into "${tenant}".spins (id, spinner_id, member_id, started_at, duration_ms)
       select gen_random_uuid(), $1, $2, now() - n * interval '1 minute', n from generate_series(1, $3::int) n`,
      [spinner.id, companies[0].memberId, count],
    )
  // More than two batches, which do not end where a batch does.
  await add(2_500)
  const once = await copy(home, companies[1], [spinner])
  t.strictSame(once, { spinners: 1, spins: 2_500, members: 0, skipped: 0 })
  t.match((await other.get('/statistics/summary')).body, { spins: 2_500, totalDurationMs: (2_500 * 2_501) / 2 })
  await add(limits.copy.spins - 2_499)
  const body = { toCompanyId: companies[1].id, spinnerIds: [spinner.id] }
  await home.post('/copies', body).expect('copy_too_large')
  await home.post('/copies', { ...body, spins: false }).expect(201)
})

t.test('one spinner named twice, in whatever case, is one', async t => {
  const { home, companies } = await twoCompanies()
  const { id } = await addSpinner(home)
  const body = { toCompanyId: companies[1].id.toUpperCase(), spinnerIds: [id, id.toUpperCase()] }
  t.match((await home.post('/copies', body).expect(201)).body, { spinners: 1, skipped: 0 })
})
