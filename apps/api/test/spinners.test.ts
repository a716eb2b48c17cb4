import type { Spinner } from '@spintrack/contract/spinners'
import t from 'tap'
import { addSpin, addSpinner, startApi, word } from './support/api.ts'
import { everyPage, type Page } from './support/pages.ts'

const api = await startApi(t)

t.test('a spinner is added, read, changed and deleted', async t => {
  const ada = await api.founder()
  const fields = {
    serialNumber: word('SN'),
    name: 'Comet',
    model: 'Tri-Bar',
    colour: '#2f6fed',
    memberId: ada.company.memberId,
  }
  const added = await ada.post<Spinner>('/spinners', fields).expect(201)
  t.match(added.body, { ...fields, status: 'active', version: 1 })
  t.equal(added.headers.location, `/api/v1/spinners/${added.body.id}`)
  t.same((await ada.get(`/spinners/${added.body.id}`).expect(200)).body, added.body)

  const changed = await ada
    .patch<Spinner>(`/spinners/${added.body.id}`, { name: 'Meteor', model: null, memberId: null })
    .expect(200)
  t.match(changed.body, { name: 'Meteor', model: null, memberId: null, colour: '#2f6fed', version: 2 })
  t.ok(changed.body.updatedAt >= added.body.updatedAt)
  t.same((await ada.get(`/spinners/${added.body.id}`).expect(200)).body, changed.body)

  const { text } = await ada.delete(`/spinners/${added.body.id}`).expect(204)
  t.equal(text, '')
  await ada.get(`/spinners/${added.body.id}`).expect('not_found')
  await ada.patch(`/spinners/${added.body.id}`, { name: 'Ghost' }).expect('not_found')
  await ada.delete(`/spinners/${added.body.id}`).expect('not_found')
})

t.test('what is left out of a new spinner is null', async t => {
  const ada = await api.founder()
  t.match(await addSpinner(ada), { model: null, colour: null, memberId: null, status: 'active' })
})

t.test('a serial number is one spinner’s in its company, and free in another', async t => {
  const ada = await api.founder()
  const ben = await api.founder()
  const serialNumber = word('SN')
  await addSpinner(ada, { serialNumber })
  const { errors } = await ada.post('/spinners', { serialNumber, name: 'Twin' }).expect('serial_number_taken')
  t.equal(errors[0]?.path, '/body/serialNumber')
  const other = await addSpinner(ada)
  await ada.patch(`/spinners/${other.id}`, { serialNumber }).expect('serial_number_taken')
  t.equal((await addSpinner(ben, { serialNumber })).serialNumber, serialNumber)
})

t.test('two spinners wanting one serial number at once: one gets it', async t => {
  const ada = await api.founder()
  const serialNumber = word('SN')
  const answers = await Promise.all(
    Array.from({ length: 5 }, (_, index) => ada.post('/spinners', { serialNumber, name: `Twin ${index}` })),
  )
  t.strictSame(answers.map(({ code }) => code ?? 'added').sort(), ['added', ...Array(4).fill('serial_number_taken')])
})

t.test('a keeper must be a member of the same company', async t => {
  const ada = await api.founder()
  const ben = await api.founder()
  for (const memberId of [ben.company.memberId, '0190b7a0-0000-7000-8000-000000000000']) {
    const { errors } = await ada
      .post('/spinners', { serialNumber: word('SN'), name: 'Kept', memberId })
      .expect('not_found')
    t.equal(errors[0]?.path, '/body/memberId')
  }
})

t.test('a spinner that was spun is retired, not deleted', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const spin = await addSpin(ada, spinner)
  await ada.delete(`/spinners/${spinner.id}`).expect('spinner_has_spins')
  const { body } = await ada.patch<Spinner>(`/spinners/${spinner.id}`, { status: 'retired' }).expect(200)
  t.equal(body.status, 'retired')
  await ada.post('/spins', { spinnerId: spinner.id, durationMs: 1000 }).expect('spinner_retired')
  await ada.get(`/spins/${spin.id}`).expect(200)
  await ada.patch(`/spinners/${spinner.id}`, { status: 'active' }).expect(200)
  await addSpin(ada, spinner)
})

t.test('the list is newest first, and q, status and memberId narrow it down', async t => {
  const ada = await api.founder()
  const comet = await addSpinner(ada, { name: 'Blue Comet', model: 'Tri-Bar' })
  const percent = await addSpinner(ada, { name: '100 % steel', memberId: ada.company.memberId })
  const under = await addSpinner(ada, { name: 'Plain', serialNumber: 'X_1' })
  const gone = await addSpinner(ada, { name: 'Old comet' })
  await ada.patch(`/spinners/${gone.id}`, { status: 'retired' }).expect(200)
  const listed = async (query: string) =>
    (await ada.get<Page<Spinner>>(`/spinners${query}`).expect(200)).body.items.map(({ id }) => id)

  t.strictSame(await listed(''), [gone.id, under.id, percent.id, comet.id])
  t.strictSame(await listed('?q=COMET'), [gone.id, comet.id])
  t.strictSame(await listed('?q=tri-b'), [comet.id], 'by model')
  t.strictSame(await listed('?q=comet&status=active'), [comet.id])
  t.strictSame(await listed('?status=retired'), [gone.id])
  t.strictSame(await listed(`?memberId=${ada.company.memberId}`), [percent.id])
  t.strictSame(await listed('?q=%25'), [percent.id], 'a percent sign means itself')
  t.strictSame(await listed('?q=_'), [under.id], 'an underscore means itself')
  t.strictSame(await listed('?q=%5C'), [], 'a backslash means itself')
  t.strictSame(await listed('?q=%27%3Bdrop+table+spinners'), [])
})

t.test('every page leads to the next, each spinner comes once, also while others are added', async t => {
  const ada = await api.founder()
  const before: string[] = []
  for (let made = 0; made < 7; made++) before.push((await addSpinner(ada)).id)
  for (const limit of [1, 3, 7, 100]) {
    const ids = (await everyPage<Spinner>(ada, `/spinners?limit=${limit}`, () => addSpinner(ada))).map(({ id }) => id)
    t.equal(new Set(ids).size, ids.length, 'none twice')
    t.strictSame(
      ids.filter(id => before.includes(id)),
      [...before].reverse(),
      'none left out',
    )
  }
})

t.test('a version that is known is not sent again, and one that is stale changes nothing', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const path = `/spinners/${spinner.id}`
  const first = await ada.get(path).expect(200)
  const etag = String(first.headers.etag)
  t.match(etag, /^"[^"]+"$/)
  const again = await ada.get(path, { 'if-none-match': etag }).expect(304)
  t.strictSame([again.text, again.headers.etag], ['', etag])
  await ada.get(path, { 'if-none-match': `"other", W/${etag}` }).expect(304)
  await ada.get(path, { 'if-none-match': '*' }).expect(304)

  const changed = await ada.patch(path, { name: 'Mine' }, { 'if-match': etag }).expect(200)
  t.not(changed.headers.etag, etag)
  await ada.get(path, { 'if-none-match': etag }).expect(200)
  for (const stale of [etag, '"99"', 'nonsense', `W/${changed.headers.etag}`]) {
    await ada.patch(path, { name: 'Theirs' }, { 'if-match': stale }).expect('stale_version')
    await ada.delete(path, { 'if-match': stale }).expect('stale_version')
  }
  t.equal((await ada.get<Spinner>(path)).body.name, 'Mine')
  await ada.patch(path, { name: 'Any' }, { 'if-match': '*' }).expect(200)
  await ada.delete(path, { 'if-match': '"3"' }).expect(204)
})

t.test('of two changes against one version at once, one is made', async t => {
  const ada = await api.founder()
  const { id } = await addSpinner(ada)
  const answers = await Promise.all(
    ['One', 'Two', 'Three'].map(name => ada.patch(`/spinners/${id}`, { name }, { 'if-match': '"1"' })),
  )
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 412, 412])
})
