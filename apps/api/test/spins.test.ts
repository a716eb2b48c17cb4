import type { Spin } from '@spintrack/contract/spins'
import t from 'tap'
import { addSpin, addSpinner, startApi } from './support/api.ts'
import { everyPage, type Page } from './support/pages.ts'

const api = await startApi(t)

t.test('a spin is recorded, read, corrected and deleted', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const other = await addSpinner(ada)
  const fields = { spinnerId: spinner.id, durationMs: 95_000, startedAt: '2026-03-04T05:06:07.089Z', note: 'Smooth' }
  const added = await ada.post<Spin>('/spins', fields).expect(201)
  t.match(added.body, { ...fields, memberId: ada.company.memberId })
  t.strictSame(Object.keys(added.body).sort(), [
    'createdAt',
    'durationMs',
    'id',
    'memberId',
    'note',
    'spinnerId',
    'startedAt',
  ])
  const path = `/spins/${added.body.id}`
  t.equal(added.headers.location, `/api/v1${path}`)
  t.same((await ada.get(path).expect(200)).body, added.body)

  const ben = await api.person()
  const memberId = await api.join(ada.company, ben, 'member')
  const changes = { spinnerId: other.id, memberId, durationMs: 1, startedAt: '2025-01-01T00:00:00.000Z', note: null }
  const changed = await ada.patch<Spin>(path, changes).expect(200)
  t.match(changed.body, { ...changes, id: added.body.id })
  t.same((await ada.get(path).expect(200)).body, changed.body)

  await ada.delete(path).expect(204)
  await ada.get(path).expect('not_found')
  await ada.patch(path, { note: 'Ghost' }).expect('not_found')
  await ada.delete(path).expect('not_found')
})

t.test('a time in another zone is the same moment', async t => {
  const ada = await api.founder()
  const spin = await addSpin(ada, await addSpinner(ada), { startedAt: '2026-03-04T00:30:00+02:00' })
  t.equal(spin.startedAt, '2026-03-03T22:30:00.000Z')
})

t.test('without a start the spin has just ended, and without a member it is the caller’s', async t => {
  const ada = await api.founder()
  const ben = await api.person()
  const memberId = await api.join(ada.company, ben, 'member')
  const before = Date.now()
  const tab = ben.tab({ 'x-company': ada.company.id })
  const spin = await addSpin(tab, await addSpinner(ada), { durationMs: 60_000 })
  const ended = Date.parse(spin.startedAt) + 60_000
  t.ok(before <= ended && ended <= Date.now())
  t.strictSame([spin.memberId, spin.note], [memberId, null])
})

t.test('a spin needs a spinner and a member of its own company', async t => {
  const ada = await api.founder()
  const ben = await api.founder()
  const mine = await addSpinner(ada)
  const theirs = await addSpinner(ben)
  const cases = [
    { spinnerId: theirs.id },
    { spinnerId: '0190b7a0-0000-7000-8000-000000000000' },
    { spinnerId: mine.id, memberId: ben.company.memberId },
  ]
  const spin = await addSpin(ada, mine)
  for (const fields of cases) {
    const path = 'memberId' in fields ? '/body/memberId' : '/body/spinnerId'
    const refused = await ada.post('/spins', { durationMs: 1000, ...fields }).expect('not_found')
    t.equal(refused.errors[0]?.path, path)
    await ada.patch(`/spins/${spin.id}`, fields).expect('not_found')
  }
  t.same((await ada.get(`/spins/${spin.id}`)).body, spin)
})

t.test('the list is latest start first, and spinner, member, from and to narrow it down', async t => {
  const ada = await api.founder()
  const ben = await api.person()
  const memberId = await api.join(ada.company, ben, 'member')
  const [one, two] = [await addSpinner(ada), await addSpinner(ada)]
  const at = (hour: number) => `2026-05-01T0${hour}:00:00.000Z`
  const late = await addSpin(ada, one, { startedAt: at(3) })
  const early = await addSpin(ada, two, { startedAt: at(1) })
  const middle = await addSpin(ada, one, { startedAt: at(2), memberId })
  const same = await addSpin(ada, two, { startedAt: at(2) })
  const listed = async (query: string) =>
    (await ada.get<Page<Spin>>(`/spins${query}`).expect(200)).body.items.map(({ id }) => id)

  t.strictSame(await listed(''), [late.id, same.id, middle.id, early.id], 'of one moment, the one added last first')
  t.strictSame(await listed(`?spinnerId=${one.id}`), [late.id, middle.id])
  t.strictSame(await listed(`?memberId=${memberId}`), [middle.id])
  t.strictSame(await listed(`?from=${at(2)}`), [late.id, same.id, middle.id], 'from counts')
  t.strictSame(await listed(`?to=${at(2)}`), [early.id], 'to does not')
  t.strictSame(await listed(`?from=${at(2)}&to=${at(3)}&spinnerId=${two.id}`), [same.id])
  t.strictSame(await listed(`?from=2026-05-01T05:00:00%2B02:00`), [late.id], 'in another zone')
  t.strictSame(await listed(`?from=${at(3)}&to=${at(1)}`), [])
})

t.test(
  'every page leads to the next, each spin comes once, also while others are added at the same moments',
  async t => {
    const ada = await api.founder()
    const spinner = await addSpinner(ada)
    const moments = ['2026-05-01T00:00:00.000Z', '2026-05-01T00:00:00.001Z', '1000-01-01T00:00:00.000Z']
    const add = (index: number) => addSpin(ada, spinner, { startedAt: moments[index % 3] })
    const before: Spin[] = []
    for (let made = 0; made < 9; made++) before.push(await add(made))
    const order = (a: Spin, b: Spin) => (a.startedAt + a.id < b.startedAt + b.id ? 1 : -1)
    const expected = [...before].sort(order).map(({ id }) => id)
    let added = 0
    for (const limit of [1, 2, 4, 100]) {
      const found = await everyPage<Spin>(ada, `/spins?limit=${limit}&spinnerId=${spinner.id}`, () => add(added++))
      const ids = found.map(({ id }) => id)
      t.equal(new Set(ids).size, ids.length, 'none twice')
      t.strictSame(found, [...found].sort(order), 'in order')
      t.strictSame(
        ids.filter(id => expected.includes(id)),
        expected,
        'none left out',
      )
    }
  },
)

t.test('a page has fifty spins unless it is asked for another number', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  for (let made = 0; made < 51; made++) await addSpin(ada, spinner)
  const { body } = await ada.get<Page<Spin>>('/spins').expect(200)
  t.equal(body.items.length, 50)
  t.equal((await everyPage<Spin>(ada, '/spins')).length, 51)
})

t.test('a version that is known is not sent again, and one that is stale changes nothing', async t => {
  const ada = await api.founder()
  const spin = await addSpin(ada, await addSpinner(ada))
  const path = `/spins/${spin.id}`
  const etag = String((await ada.get(path).expect(200)).headers.etag)
  await ada.get(path, { 'if-none-match': etag }).expect(304)
  await ada.patch(path, { note: 'Mine' }, { 'if-match': etag }).expect(200)
  await ada.get(path, { 'if-none-match': etag }).expect(200)
  await ada.patch(path, { note: 'Theirs' }, { 'if-match': etag }).expect('stale_version')
  await ada.delete(path, { 'if-match': etag }).expect('stale_version')
  t.equal((await ada.get<Spin>(path)).body.note, 'Mine')
  await ada.delete(path, { 'if-match': '"2"' }).expect(204)
})

t.test('a person who left keeps the spins they made', async t => {
  const ada = await api.founder()
  const ben = await api.person()
  const memberId = await api.join(ada.company, ben, 'member')
  const spin = await addSpin(ben.tab({ 'x-company': ada.company.id }), await addSpinner(ada))
  await api.leave(ada.company, ben)
  t.equal((await ada.get<Spin>(`/spins/${spin.id}`).expect(200)).body.memberId, memberId)
})
