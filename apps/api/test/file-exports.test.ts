import { setImmediate as turn } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { FileFormat } from '@spintrack/contract/file-types'
import type { Spinner } from '@spintrack/contract/spinners'
import type { Spin } from '@spintrack/contract/spins'
import fc from 'fast-check'
import t from 'tap'
import { addSpin, addSpinner, startApi } from './support/api.ts'
import { ndjson, send } from './support/files.ts'
import { everyPage } from './support/pages.ts'
import type { Visitor } from './support/visitor.ts'

let held: Promise<void> | undefined
let read = () => {}
/** Exports have read everything, and their snapshot is not ended, while `held` is. */
const api = await startApi(t, {
  tenancy: tenancy => ({
    ...tenancy,
    snapshot: (tenant, look, work) =>
      tenancy.snapshot(tenant, look, async (view, seen) => {
        const value = await work(view, seen)
        read()
        await held
        return value
      }),
  }),
})
const objects = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))

t.test('the spins in a file are those of the list, with the serial numbers of their spinners', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada, { serialNumber: 'SN, 1' })
  await addSpin(ada, spinner, { startedAt: '2026-05-01T00:00:00.080Z', note: 'Quiet' })
  await addSpin(ada, spinner, { startedAt: '1000-01-01T00:00:00Z', note: null, durationMs: 86_400_000 })
  const listed = await everyPage<Spin>(ada, '/spins')
  const json = await ada.get('/spins/export?format=ndjson').expect(200)
  t.equal(json.headers['content-type'], 'application/x-ndjson')
  t.strictSame(
    objects(json.text).sort(byTime),
    listed.map(({ id, spinnerId, ...rest }) => ({ id, spinnerId, serialNumber: 'SN, 1', ...rest })),
  )
  const csv = await ada.get('/spins/export').expect(200)
  t.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present')
  t.match(
    csv.headers['content-disposition'],
    new RegExp(`^attachment; filename="${ada.company.slug}-spins-\\d{4}-\\d\\d-\\d\\d\\.csv"$`),
  )
  const [first, second] = listed
  const { id: spinnerId } = spinner
  const { memberId } = ada.company
  t.strictSame(
    csv.text.split('\n').sort(),
    `id,startedAt,createdAt,spinnerId,serialNumber,memberId,durationMs,note
${first?.id},2026-05-01T00:00:00.080Z,${first?.createdAt},${spinnerId},"SN, 1",${memberId},1000,Quiet
${second?.id},1000-01-01T00:00:00.000Z,${second?.createdAt},${spinnerId},"SN, 1",${memberId},86400000,
`
      .split('\n')
      .sort(),
  )
})

t.test('a time is written as the API writes it, to the millisecond', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  for (const ms of ['', '.1', '.12', '.123', '.001', '.010', '.999']) {
    await addSpin(ada, spinner, { startedAt: `2026-04-01T00:00:00${ms}Z` })
  }
  const listed = await everyPage<Spin>(ada, '/spins')
  const json = objects((await ada.get('/spins/export?format=ndjson').expect(200)).text)
  const csv = (await ada.get('/spins/export').expect(200)).text
  for (const { id, startedAt, createdAt } of listed) {
    t.match(
      json.find(one => one.id === id),
      { startedAt, createdAt },
    )
    t.match(csv, `${id},${startedAt},${createdAt},`)
  }
})

t.test('the spinners in a file are those of the list', async t => {
  const ada = await api.founder()
  await addSpinner(ada, { memberId: ada.company.memberId, colour: '#00ff00', model: 'C1' })
  const { id } = await addSpinner(ada)
  await ada.patch(`/spinners/${id}`, { status: 'retired' }).expect(200)
  const { text } = await ada.get('/spinners/export?format=ndjson').expect(200)
  t.strictSame(objects(text), await everyPage<Spinner>(ada, '/spinners'))
})

t.test('the filters of the lists narrow a file down in the same way', async t => {
  const ada = await api.founder()
  const ben = await api.person()
  const memberId = await api.join(ada.company, ben, 'member')
  const one = await addSpinner(ada, { serialNumber: 'SN-1', name: "50% o'clock \\" })
  const two = await addSpinner(ada, { serialNumber: 'SN-2', memberId })
  await ada.patch(`/spinners/${two.id}`, { status: 'retired' }).expect(200)
  for (const hour of [1, 2, 3]) await addSpin(ada, one, { startedAt: `2026-05-01T0${hour}:00:00Z` })
  await addSpin(ada, one, { memberId, startedAt: '2026-05-01T02:30:00Z' })
  const queries: [string, string, number][] = [
    ['spins', `spinnerId=${one.id}`, 4],
    ['spins', `spinnerId=${two.id}`, 0],
    ['spins', `memberId=${memberId}`, 1],
    ['spins', 'from=2026-05-01T02:00:00Z&to=2026-05-01T03:00:00Z', 2],
    ['spins', 'from=2026-05-01T05:00:00%2B02:00', 1],
    ['spinners', 'status=retired', 1],
    ['spinners', `memberId=${memberId}`, 1],
    ['spinners', 'q=sn-', 2],
    ['spinners', `q=${encodeURIComponent("50% o'clock \\")}`, 1],
    ['spinners', `q=${encodeURIComponent("' or true --")}`, 0],
    ['spinners', 'q=%25', 1],
  ]
  for (const [noun, query, count] of queries) {
    const { text } = await ada.get(`/${noun}/export?format=ndjson&${query}`).expect(200)
    const ids = (items: { id: string }[]) => items.map(({ id }) => id).sort()
    t.strictSame(ids(objects(text)), ids(await everyPage(ada, `/${noun}?${query}`)), query)
    t.equal(objects(text).length, count, query)
  }
  for (const wrong of ['format=xml', 'format=', 'limit=1', 'spinnerId=1', 'q=x', 'format=csv&format=csv']) {
    await ada.get(`/spins/export?${wrong}`).expect('invalid_request')
  }
  await ada.get('/spinners/export?q=%00').expect('invalid_request')
})

t.test('a company without any has a file with a heading alone', async t => {
  const ada = await api.founder()
  t.equal((await ada.get('/spins/export?format=ndjson').expect(200)).text, '')
  t.match((await ada.get('/spins/export?format=csv').expect(200)).text, /^id,startedAt,[\w,]+\n$/)
  t.match((await ada.get('/spinners/export').expect(200)).text, /^id,createdAt,[\w,]+\n$/)
})

t.test('an export ends when nothing is held for it any more, so that the next one is not refused', async t => {
  const ada = await api.founder()
  let release = () => {}
  held = new Promise(resolve => {
    release = resolve
  })
  const wasRead = new Promise<void>(resolve => {
    read = resolve
  })
  let ended = false
  const answer = ada.get('/spins/export').expect(200)
  answer.then(() => {
    ended = true
  })
  await wasRead
  for (let turns = 0; turns < 200; turns++) await turn()
  t.notOk(ended)
  held = undefined
  release()
  t.match((await answer).text, 'startedAt')
})

t.test('a file is packed for who asks for it', async t => {
  const ada = await api.founder()
  await addSpinner(ada, { name: 'Comet' })
  for (const accepted of ['gzip', 'deflate, gzip;q=1.0, *;q=0.5', 'br,x-gzip', 'GZIP ; q=0.1']) {
    const { headers, bytes } = await ada.get('/spinners/export', { 'accept-encoding': accepted }).expect(200)
    t.strictSame([headers['content-encoding'], headers.vary], ['gzip', 'accept-encoding'], accepted)
    t.match(gunzipSync(bytes).toString(), ',Comet,')
  }
  for (const accepted of [undefined, '', 'br', 'gzip;q=0', 'gzip; q=0.000', 'gzipped', 'identity']) {
    const { headers, text } = await ada.get('/spinners/export', { 'accept-encoding': accepted }).expect(200)
    t.strictSame([headers['content-encoding'], headers.vary], [undefined, 'accept-encoding'], String(accepted))
    t.match(text, ',Comet,')
  }
})

t.test('no spreadsheet takes a cell for a formula', async t => {
  const ada = await api.founder()
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1', '＋1', '－1', '＠x', "'=1", "''-1"]
  for (const [index, name] of formulas.entries()) {
    const spinner = await addSpinner(ada, { name, serialNumber: `=${index}`, model: name })
    await addSpin(ada, spinner, { note: name })
  }
  for (const noun of ['spinners', 'spins']) {
    const { text } = await ada.get(`/${noun}/export`).expect(200)
    t.notMatch(text, /(^|[,\n]"?)[=+@＝＋－＠\t\r]|,"?-|,"\n/, noun)
    for (const formula of formulas) t.match(text, `'${formula}`)
    const json = await ada.get(`/${noun}/export?format=ndjson`).expect(200)
    t.notMatch(json.text, /"'[^'=-]/, 'and JSON has it as it is')
  }
})

t.test('a file that was exported is imported again, in its own company and in another', async t => {
  const ada = await api.founder()
  const ben = await api.founder()
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
    fc
      .array(
        fc.constantFrom('"', "'", '=', '-', ',', '\n', '\r\n', '\t', '\\', ' ', 'x', '\ufeff', '\u0001', '\ufffd'),
        {
          ...{ minLength: 1, maxLength: 8 },
        },
      )
      .map(parts => parts.join('')),
  )
  const named = text.filter(
    value => /\S/.test(value) && !value.includes('\0') && Buffer.from(value).toString() === value,
  )
  const spinnerRows = fc.sample(
    fc.record({ serialNumber: named, name: named, model: fc.option(named), colour: fc.option(fc.constant('#0a0b0c')) }),
    150,
  )
  const unique = [...new Map(spinnerRows.map(row => [row.serialNumber, row])).values()]
  await accepted(ada, 'spinners', 'ndjson', ndjson(unique), unique.length)
  const spinners = await everyPage<Spinner>(ada, '/spinners?limit=100')
  const notes = fc.sample(fc.option(named), 300)
  const spins = notes.map((note, index) => ({
    ...{ spinnerId: spinners[index % spinners.length]?.id, durationMs: index + 1, note },
    startedAt: new Date(Date.UTC(2026, 0, 1) + index * 1_001).toISOString(),
  }))
  await accepted(ada, 'spins', 'ndjson', ndjson(spins), spins.length)

  for (const format of ['csv', 'ndjson'] as const) {
    const clean = async (noun: string) => (await ada.get(`/${noun}/export?format=${format}`).expect(200)).text
    const there = await api.founder()
    await accepted(there, 'spinners', format, await clean('spinners'), unique.length)
    // Who spun is nobody there.
    const theirs = (await clean('spins')).replaceAll(ada.company.memberId, there.company.memberId)
    await accepted(there, 'spins', format, theirs, spins.length)
    t.strictSame(await contents(there), await contents(ada), `${format} into another company`)
  }
  const before = await contents(ada)
  await accepted(ada, 'spins', 'csv', (await ada.get('/spins/export').expect(200)).text, spins.length)
  t.strictSame((await contents(ada)).spins.length, 2 * before.spins.length)
  t.strictSame(await contents(ben), { spinners: [], spins: [] })
})

/** The latest first, as the list has them; a file has them in no order. */
function byTime(one: Spin, other: Spin): number {
  return one.startedAt < other.startedAt ? 1 : -1
}

async function accepted(who: Visitor, noun: 'spins' | 'spinners', format: FileFormat, file: string, count: number) {
  const { body } = await send(who, `/${noun}/import`, format, file).expect(200)
  t.strictSame(body, { accepted: count, rejected: 0, errors: [] })
}

/** What a company has, without what is its own alone. */
async function contents(who: Visitor) {
  const spinners = await everyPage<Spinner>(who, '/spinners?limit=100')
  const serialNumbers = new Map(spinners.map(({ id, serialNumber }) => [id, serialNumber]))
  const spins = await everyPage<Spin>(who, '/spins?limit=100')
  return {
    spinners: spinners
      .map(({ serialNumber, name, model, colour, status }) => ({ serialNumber, name, model, colour, status }))
      .sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1)),
    spins: spins.map(({ spinnerId, startedAt, durationMs, note }) => ({
      ...{ serialNumber: serialNumbers.get(spinnerId), startedAt, durationMs, note },
    })),
  }
}
