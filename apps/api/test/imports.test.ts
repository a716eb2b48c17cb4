import { gzipSync } from 'node:zlib'
import type { ImportReport } from '@spintrack/contract/files'
import { limits } from '@spintrack/contract/limits'
import type { Spinner } from '@spintrack/contract/spinners'
import type { Spin } from '@spintrack/contract/spins'
import fc from 'fast-check'
import t from 'tap'
import { addSpinner, type Founder, startApi, word } from './support/api.ts'
import { lines, ndjson, send } from './support/files.ts'
import { everyPage } from './support/pages.ts'
import type { Visitor } from './support/visitor.ts'

const api = await startApi(t)
const nobody = '0190b7a0-0000-7000-8000-000000000000'

/** A company with a spinner. */
async function company(): Promise<{ ada: Founder; spinner: Spinner }> {
  const ada = await api.founder()
  return { ada, spinner: await addSpinner(ada, { serialNumber: 'SN-1' }) }
}

const spinsOf = (who: Visitor) => everyPage<Spin>(who, '/spins?limit=100')
const spinnersOf = (who: Visitor) => everyPage<Spinner>(who, '/spinners?limit=100')
const good = (accepted: number): ImportReport => ({ accepted, rejected: 0, errors: [] })

t.test('a CSV file adds the spins of its lines, whatever wrote it', async t => {
  const { ada, spinner } = await company()
  const ben = await api.person()
  const memberId = await api.join(ada.company, ben, 'member')
  const rows = [
    'note,startedAt,durationMs,serialNumber,memberId,spinnerId',
    `"Two ""long""\nlines, one cell",2026-03-04T05:06:07.089Z,95000,,${memberId},${spinner.id.toUpperCase()}`,
    ',2026-03-04T01:00:00+02:00,1,SN-1,,',
    '',
    `é🌀,"2026-03-02T00:00:00Z","86400000",SN-1,,${nobody}`,
  ]
  const expected = [
    {
      ...{ spinnerId: spinner.id, memberId, durationMs: 95_000, note: 'Two "long"\nlines, one cell' },
      startedAt: '2026-03-04T05:06:07.089Z',
    },
    { durationMs: 1, memberId: ada.company.memberId, startedAt: '2026-03-03T23:00:00.000Z', note: null },
    { durationMs: 86_400_000, spinnerId: spinner.id, note: 'é🌀' },
  ]
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(lines(rows))])
  for (const file of [lines(rows), lines(rows).trimEnd(), marked, lines(rows, '\r\n')]) {
    t.strictSame((await send(ada, '/spins/import', 'csv', file).expect(200)).body, good(3))
    const stored = await spinsOf(ada)
    t.match(stored, expected)
    t.equal(stored.length, 3)
    for (const { id } of stored) await ada.delete(`/spins/${id}`).expect(204)
  }
})

t.test('an NDJSON file adds the spins of its lines', async t => {
  const { ada, spinner } = await company()
  const before = Date.now()
  const file = lines(
    [
      JSON.stringify({ spinnerId: spinner.id, durationMs: 60_000, note: 'A\nB' }),
      '',
      JSON.stringify({ serialNumber: 'SN-1', durationMs: 5, startedAt: '2026-01-01T00:00:00Z', note: null }),
    ],
    '\r\n',
  )
  t.strictSame((await send(ada, '/spins/import', 'ndjson', file).expect(200)).body, good(2))
  const [now, then] = await spinsOf(ada)
  t.match(now, { note: 'A\nB', memberId: ada.company.memberId })
  const ended = Date.parse(now?.startedAt ?? '') + 60_000
  t.ok(before <= ended && ended <= Date.now(), 'without a start it has just ended')
  t.match(then, { startedAt: '2026-01-01T00:00:00.000Z', spinnerId: spinner.id })
  t.strictSame((await send(ada, '/spins/import', 'ndjson', '').expect(200)).body, good(0))
})

t.test('a line that is wrong is named, with what is wrong, and then nothing of the file is kept', async t => {
  const { ada, spinner } = await company()
  const ben = await api.founder()
  const theirs = await addSpinner(ben, { serialNumber: 'THEIRS' })
  const wrong: [string, string, RegExp][] = [
    [`${spinner.id},0,,`, 'invalid_request', /durationMs/],
    [`${spinner.id},1.5,,`, 'invalid_request', /durationMs/],
    [`${spinner.id},,,`, 'invalid_request', /durationMs is required/],
    [`${spinner.id},1e3,,`, 'invalid_request', /durationMs/],
    [`${spinner.id},86400001,,`, 'invalid_request', /durationMs/],
    ['1,5,,', 'invalid_request', /spinnerId must be a valid uuid/],
    [',5,,', 'invalid_request', /spinnerId or serialNumber is required/],
    [`${theirs.id},5,,`, 'not_found', /spinnerId/],
    [`${nobody},5,,`, 'not_found', /spinnerId/],
    [',5,THEIRS,', 'not_found', /serialNumber/],
    [`${spinner.id},5,,${ben.company.memberId}`, 'not_found', /memberId/],
    [`${spinner.id},5`, 'invalid_request', /a cell for each column/],
    [`${spinner.id},5,,,,`, 'invalid_request', /a cell for each column/],
    [`${spinner.id},5,,a"b"`, 'invalid_request', /marks around a whole cell/],
    [`${spinner.id},5,,"a"b`, 'invalid_request', /marks around a whole cell/],
    [`${spinner.id},5,\0,`, 'invalid_request', /NUL/],
    [`${spinner.id},5,"two\n\0lines",`, 'invalid_request', /NUL/],
  ]
  const rows = ['spinnerId,durationMs,serialNumber,memberId', `${spinner.id},5,,`]
  const file = lines([...rows, ...wrong.map(([row]) => row), `${spinner.id},6,,`])
  const { body } = await send(ada, '/spins/import', 'csv', file).expect(200)
  t.strictSame([body.accepted, body.rejected], [0, wrong.length])
  let line = 3
  for (const [index, [row, code, message]] of wrong.entries()) {
    t.match(body.errors[index], { line, code, message }, JSON.stringify(row))
    line += row.split('\n').length
  }
  t.strictSame(await spinsOf(ada), [])
  t.notMatch(JSON.stringify(body), theirs.id, 'and nothing of it is repeated')

  const kept = await send(ada, '/spins/import', 'csv', file, { query: '?partial=true' }).expect(200)
  t.strictSame(kept.body, { ...body, accepted: 2 }, 'with partial the good lines are')
  t.equal((await spinsOf(ada)).length, 2)
})

t.test('lines of JSON are held against the same shape', async t => {
  const { ada, spinner } = await company()
  const spin = { spinnerId: spinner.id, durationMs: 5 }
  const wrong: [string, RegExp][] = [
    ['{', /not JSON/],
    ['[]', /A line must be object/],
    ['null', /A line must be object/],
    ['"x"', /A line must be object/],
    [JSON.stringify({ ...spin, durationMs: '5' }), /durationMs must be integer/],
    [JSON.stringify({ ...spin, owner: 'me' }), /owner is not a known field/],
    ['{"__proto__":{"spinnerId":1},"durationMs":5}', /__proto__ is not a known field/],
    [JSON.stringify({ ...spin, note: 'x'.repeat(501) }), /note/],
    [JSON.stringify({ ...spin, note: 'a\u0000b' }), /NUL/],
    [JSON.stringify({ ...spin, startedAt: '2026-02-30T00:00:00Z' }), /startedAt must be a valid date-time/],
    [JSON.stringify({ ...spin, memberId: null }), /memberId/],
    [`${JSON.stringify(spin)}${JSON.stringify(spin)}`, /not JSON/],
  ]
  const file = lines(wrong.map(([row]) => row))
  const { body } = await send(ada, '/spins/import', 'ndjson', file, { query: '?partial=true' }).expect(200)
  t.strictSame([body.accepted, body.rejected], [0, wrong.length])
  for (const [index, [row, message]] of wrong.entries()) {
    t.match(body.errors[index], { line: index + 1, code: 'invalid_request', message }, row)
  }
})

t.test('bytes that are not UTF-8 spoil their own line and no other', async t => {
  const { ada } = await company()
  const latin = Buffer.from('{"serialNumber":"SN-1","durationMs":5,"note":"M\u00fcll"}\n', 'latin1')
  const utf8 = Buffer.from('{"serialNumber":"SN-1","durationMs":6,"note":"M\u00fcll \ufffd"}\n')
  const file = Buffer.concat([latin, utf8])
  const { body } = await send(ada, '/spins/import', 'ndjson', file, { query: '?partial=true' }).expect(200)
  t.strictSame(body, {
    ...{ accepted: 1, rejected: 1 },
    errors: [{ line: 1, code: 'invalid_request', message: 'This line is not UTF-8' }],
  })
  t.match(await spinsOf(ada), [{ note: 'Müll \ufffd' }])
})

t.test('a file that cannot be read to its end is refused as a whole, also where good lines were asked for', async t => {
  const { ada } = await company()
  const line = 'SN-1,5\n'
  const csv = `serialNumber,durationMs\n${line}`
  const long = `SN-1,${'5'.repeat(limits.import.lineBytes)}\n`
  const gzip = { 'content-encoding': 'gzip' }
  const bomb = gzipSync(`${csv}SN-1,5\n${'\n'.repeat(4 << 20)}`)
  const cases: [string, string | Buffer, RegExp, Record<string, string>?][] = [
    ['nothing', '', /empty/],
    ['no text', '\n \r\n\n', /empty/],
    ['a column nobody knows', `serialNumber,durationMs,colour\n${line}`, /colour/],
    ['a column twice', `durationMs,serialNumber,durationMs\n${line}`, /durationMs/],
    ['semicolons', 'serialNumber;durationMs\nSN-1;5\n', /separated by commas/],
    ['no heading', line, /first line/],
    ['a required column left out', 'serialNumber,note\nSN-1,x\n', /durationMs/],
    ['a heading that is not UTF-8', Buffer.from([0xff, 0xfe, 0x73, 0, 0x0a]), /first line is not UTF-8|NUL/],
    ['a quotation that never ends', `${csv}"SN-1,5\n${line}`, /Line 3 begins a quotation/],
    ['a long line', `${csv}${long}${line}`, /longer than 64 KiB/],
    ['a long line without end', `${csv}${long.trimEnd()}`, /longer than 64 KiB/],
    ['a quotation over many lines', `${csv}"${line.repeat(20_000)}`, /Line 3 is longer than 64 KiB/],
    ['what is no gzip', csv, /not gzip/, gzip],
    ['nothing as gzip', '', /not gzip/, gzip],
    ['gzip that is cut off', gzipSync(csv).subarray(0, -9), /not gzip/, gzip],
    ['gzip with a wrong checksum', Buffer.concat([gzipSync(csv).subarray(0, -8), Buffer.alloc(8)]), /not gzip/, gzip],
    ['gzip that unpacks to very much', bomb, /more than 100 times/, gzip],
  ]
  for (const [what, file, message, headers = {}] of cases) {
    const answer = await send(ada, '/spins/import', 'csv', file, { query: '?partial=true', headers }).expect(
      'invalid_request',
    )
    t.match(JSON.parse(answer.text).detail, message, what)
  }
  t.strictSame(await spinsOf(ada), [])
  t.strictSame((await send(ada, '/spins/import', 'csv', csv).expect(200)).body, good(1), 'the next one is not spoilt')
})

t.test('gzip is unpacked, in one part or several', async t => {
  const { ada } = await company()
  const [head, one] = ['serialNumber,durationMs\n', 'SN-1,5\n']
  for (const file of [gzipSync(head + one), Buffer.concat([gzipSync(head), gzipSync(one)])]) {
    for (const encoding of ['gzip', 'x-gzip', 'GZIP']) {
      const { body } = await send(ada, '/spins/import', 'csv', file, { headers: { 'content-encoding': encoding } })
      t.strictSame(body, good(1))
    }
  }
})

t.test('only files are taken, in UTF-8, plain or with gzip', async () => {
  const { ada } = await company()
  const file = 'serialNumber,durationMs\nSN-1,5\n'
  const types = [
    'application/json',
    'text/plain',
    'text/csvx',
    'application/vnd.ms-excel',
    'multipart/form-data; boundary=x',
    'text/csv; charset=iso-8859-1',
    'nonsense',
  ]
  for (const type of types) {
    const headers = { 'content-type': type }
    await send(ada, '/spins/import', 'csv', file, { headers }).expect('unsupported_media_type')
  }
  const from = { 'sec-fetch-site': 'none' }
  await ada.post('/spins/import', undefined, { ...from, 'content-type': undefined }).expect('unsupported_media_type')
  for (const encoding of ['br', 'deflate', 'gzip, gzip', 'zstd']) {
    const headers = { 'content-encoding': encoding }
    await send(ada, '/spins/import', 'csv', file, { headers }).expect('unsupported_media_type')
  }
  for (const type of ['TEXT/CSV', 'text/csv; charset=utf-8', 'text/csv;charset="UTF-8"', 'text/csv; header=present']) {
    await send(ada, '/spins/import', 'csv', file, { headers: { 'content-type': type } }).expect(200)
  }
  await ada.post('/spins', file, { ...from, 'content-type': 'text/csv' }).expect('unsupported_media_type')
})

t.test('a dry run says what would come of it, and keeps nothing', async t => {
  const { ada } = await company()
  const file = lines(['serialNumber,durationMs', 'SN-1,5', 'SN-2,5', 'SN-1,6'])
  const errors = [{ line: 3, code: 'not_found', message: String }]
  const dry = await send(ada, '/spins/import', 'csv', file, { query: '?dryRun=true' }).expect(200)
  t.match(dry.body, { accepted: 0, rejected: 1, errors })
  const partial = await send(ada, '/spins/import', 'csv', file, { query: '?dryRun=true&partial=true' }).expect(200)
  t.match(partial.body, { accepted: 2, rejected: 1, errors })
  const spinners = lines(['serialNumber,name', 'A,Comet', 'A,Again', 'SN-1,Taken'])
  const both = await send(ada, '/spinners/import', 'csv', spinners, { query: '?dryRun=true&partial=true' }).expect(200)
  t.match(both.body, { accepted: 1, rejected: 2, errors: [{ line: 3 }, { line: 4 }] })
  t.strictSame([(await spinsOf(ada)).length, (await spinnersOf(ada)).length], [0, 1])
  for (const wrong of ['?dryRun=yes', '?dryRun=', '?partial=1', '?dryRun=true&dryRun=true', '?unknown=true']) {
    await send(ada, '/spins/import', 'csv', file, { query: wrong }).expect('invalid_request')
  }
})

t.test('the first hundred errors are listed, and all are counted', async t => {
  const { ada } = await company()
  const file = lines(['serialNumber,durationMs', ...Array.from({ length: 2_500 }, (_, n) => `SN-1,${n % 2}`)])
  const { body } = await send(ada, '/spins/import', 'csv', file, { query: '?partial=true' }).expect(200)
  t.match(body, { accepted: 1_250, rejected: 1_250 })
  t.strictSame(
    body.errors.map(({ line }) => line),
    Array.from({ length: 100 }, (_, n) => 2 + 2 * n),
  )
  t.equal((await spinsOf(ada)).length, 1_250)
})

t.test('spins of a spinner that is retired now are taken', async t => {
  const { ada, spinner } = await company()
  await ada.patch(`/spinners/${spinner.id}`, { status: 'retired' }).expect(200)
  const file = lines(['serialNumber,durationMs', 'SN-1,5'])
  t.strictSame((await send(ada, '/spins/import', 'csv', file).expect(200)).body, good(1))
})

t.test('a file adds spinners, and a serial number that is taken is refused', async t => {
  const { ada } = await company()
  const { memberId } = ada.company
  const rows = [
    { serialNumber: 'SN-2', name: 'Comet', model: 'C1', colour: '#00ff00', status: 'retired', memberId },
    { serialNumber: 'SN-3', name: "'=1+1", model: null, colour: null, memberId: null },
  ]
  t.strictSame((await send(ada, '/spinners/import', 'ndjson', ndjson(rows)).expect(200)).body, good(2))
  t.match(await spinnersOf(ada), [...rows].reverse())
  const again = [
    ...['serialNumber,name,status,memberId', 'SN-4,Four,,', 'SN-2,Taken,,', 'SN-4,Twice,,', 'SN-5,Five,lost,'],
    `SN-6,Six,,${nobody}`,
    `SN-6,Seven,,${nobody}`,
    'SN-7,,,',
  ]
  const { body } = await send(ada, '/spinners/import', 'csv', lines(again), { query: '?partial=true' }).expect(200)
  t.match(body, {
    ...{ accepted: 1, rejected: 6 },
    errors: [
      { line: 3, code: 'serial_number_taken' },
      { line: 4, code: 'serial_number_taken' },
      { line: 5, code: 'invalid_request', message: 'status must be one of active, retired' },
      { line: 6, code: 'not_found' },
      { line: 7, code: 'not_found' },
      { line: 8, code: 'invalid_request', message: 'name is required' },
    ],
  })
  const stored = await spinnersOf(ada)
  t.strictSame(
    stored.map(({ serialNumber }) => serialNumber),
    ['SN-4', 'SN-3', 'SN-2', 'SN-1'],
  )
  t.match(stored[0], { status: 'active', version: 1 })
})

t.test('under a key a file takes effect once, however it is packed; what kept nothing leaves the key free', async t => {
  const { ada } = await company()
  const key = { 'idempotency-key': word('key') }
  const file = lines(['serialNumber,durationMs', ...Array.from({ length: 3_000 }, () => 'SN-1,5')])
  const spoilt = `${file}SN-1,0\n`
  await send(ada, '/spins/import', 'csv', file, { headers: key, query: '?dryRun=true' }).expect(200)
  t.match((await send(ada, '/spins/import', 'csv', spoilt, { headers: key })).body, { accepted: 0, rejected: 1 })
  const first = await send(ada, '/spins/import', 'csv', file, { headers: key }).expect(200)
  t.notOk(first.headers['idempotency-replayed'])
  const packed = { ...key, 'content-encoding': 'gzip' }
  for (const again of [
    await send(ada, '/spins/import', 'csv', file, { headers: key }).expect(200),
    await send(ada, '/spins/import', 'csv', gzipSync(file), { headers: packed }).expect(200),
  ]) {
    t.strictSame([again.headers['idempotency-replayed'], again.body], ['true', good(3_000)])
  }
  await send(ada, '/spins/import', 'csv', spoilt, { headers: key }).expect('idempotency_key_reused')
  await send(ada, '/spins/import', 'csv', file.trimEnd(), { headers: key }).expect('idempotency_key_reused')
  await send(ada, '/spins/import', 'csv', file, { headers: key, query: '?partial=true' }).expect(
    'idempotency_key_reused',
  )
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [ada.company.id])
  t.same(await api.sql(`select count(*) from "${row?.tenant}".spins`), [{ count: '3000' }])
})

t.test('no bytes whatever make it fail', async t => {
  const { ada } = await company()
  const scraps = fc.constantFrom(
    ...['"', '""', ',', '\n', '\r\n', '\r', '\0', '\ufeff', '{', '}', '\\u0000', "'=", '5', 'SN-1', 'é', '\ud800'],
    ...['serialNumber', 'durationMs', '{"serialNumber":"SN-1","durationMs":5}', 'SN-1,5', 'serialNumber,durationMs\n'],
  )
  const text = fc.array(fc.oneof(scraps, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 30 })
  const begun = text.map(parts => Buffer.from(`serialNumber,durationMs,note\n${parts.join('')}`))
  const file = fc.oneof(
    text.map(parts => Buffer.from(parts.join(''))),
    begun,
    fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
    begun.map(whole => Buffer.concat([whole, Buffer.from([0xc3, 0x28, 0x0a])])),
  )
  await fc.assert(
    fc.asyncProperty(file, fc.constantFrom('csv', 'ndjson'), fc.boolean(), async (bytes, format, packed) => {
      const sent = packed ? gzipSync(bytes) : bytes
      const headers: Record<string, string> = packed ? { 'content-encoding': 'gzip' } : {}
      const { status, body, text } = await send(ada, '/spins/import', format, sent, { headers })
      if (status !== 200 && status !== 400) throw new Error(text)
      if (status === 200 && body.rejected > 0 && body.accepted > 0) throw new Error(`half kept: ${text}`)
    }),
    { numRuns: 400 },
  )
  t.pass()
})
