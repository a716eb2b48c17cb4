import type { Spin } from '@spintrack/contract/spins'
import t from 'tap'
import { addSpinner, startApi, word } from './support/api.ts'
import { everyPage } from './support/pages.ts'

const api = await startApi(t)
const ada = await api.founder()
const spinner = await addSpinner(ada)
const spin = (fields: object = {}) => ({ spinnerId: spinner.id, durationMs: 1_000, ...fields })
const stored = async () => (await everyPage<Spin>(ada, '/spins?limit=100')).length

t.test('a batch of a thousand spins is recorded at once', async t => {
  const ben = await api.person()
  const memberId = await api.join(ada.company, ben, 'member')
  const items = Array.from({ length: 1_000 }, (_, index) =>
    spin({ note: 'é'.repeat(500), durationMs: index + 1, startedAt: '2026-05-01T00:00:00+02:00', memberId }),
  )
  const { body } = await ada.post('/spins/batch', { items }).expect(201)
  t.strictSame(body, { created: 1_000 })
  const spins = await everyPage<Spin>(ada, '/spins?limit=100')
  t.strictSame(
    spins
      .map(({ durationMs }) => durationMs)
      .sort((a, b) => a - b)
      .at(-1),
    1_000,
  )
  t.match(spins[0], { memberId, note: 'é'.repeat(500), startedAt: '2026-04-30T22:00:00.000Z' })
})

t.test('without a start a spin has just ended, and without a member it is the caller’s', async t => {
  const note = word('note')
  const before = Date.now()
  await ada.post('/spins/batch', { items: [spin({ note, durationMs: 60_000 })] }).expect(201)
  const found = (await everyPage<Spin>(ada, '/spins?limit=100')).find(one => one.note === note)
  const ended = Date.parse(found?.startedAt ?? '') + 60_000
  t.ok(before <= ended && ended <= Date.now())
  t.equal(found?.memberId, ada.company.memberId)
})

t.test('one spin that is wrong has none recorded, and all that are wrong are named', async t => {
  const ben = await api.founder()
  const theirs = await addSpinner(ben)
  const retired = await addSpinner(ada)
  await ada.patch(`/spinners/${retired.id}`, { status: 'retired' }).expect(200)
  const before = await stored()
  const items = [
    spin(),
    spin({ spinnerId: theirs.id }),
    spin({ memberId: ben.company.memberId }),
    spin({ spinnerId: retired.id }),
  ]
  const { errors } = await ada.post('/spins/batch', { items }).expect('not_found')
  t.strictSame(
    errors.map(({ path }) => path),
    ['/body/items/1/spinnerId', '/body/items/2/memberId', '/body/items/3/spinnerId'],
  )
  await ada.post('/spins/batch', { items: [spin(), spin({ spinnerId: retired.id })] }).expect('spinner_retired')
  const shape = await ada.post('/spins/batch', { items: [spin(), spin({ durationMs: 0 })] }).expect('invalid_request')
  t.equal(shape.errors[0]?.path, '/body/items/1/durationMs')
  t.equal(await stored(), before)
})

t.test('a batch has 1 to 1,000 spins and at most 4 MiB, and nothing else', async t => {
  const before = await stored()
  const many = Array.from({ length: 1_001 }, () => spin())
  for (const body of [{ items: [] }, { items: many }, {}, [spin()], { items: [spin()], partial: true }]) {
    await ada.post('/spins/batch', body).expect('invalid_request')
  }
  await ada.post('/spins/batch', `{"items":[${' '.repeat(4 << 20)}]}`).expect('body_too_large')
  t.equal(await stored(), before)
})

t.test('under a key a batch is recorded once', async t => {
  const before = await stored()
  const key = { 'idempotency-key': word('key') }
  const items = [spin(), spin()]
  await ada.post('/spins/batch', { items }, key).expect(201)
  const again = await ada.post('/spins/batch', { items }, key).expect(201)
  t.strictSame([again.headers['idempotency-replayed'], again.body], ['true', { created: 2 }])
  await ada.post('/spins/batch', { items: [spin()] }, key).expect('idempotency_key_reused')
  t.equal(await stored(), before + 2)
})
