import t from 'tap'
import { decodeCursor, encodeCursor, page } from '../src/cursor.ts'
import { newId } from '../src/ids.ts'

const id = newId()

t.test('a cursor gives back the position it was made of, and looks like nothing', async t => {
  for (const key of [0, -1, Date.now(), -62_135_596_800_000, 253_402_300_799_999]) {
    const cursor = encodeCursor({ key, id })
    t.match(cursor, /^[\w-]+$/, 'fit for an address')
    t.strictSame(decodeCursor(cursor), { key, id })
  }
})

t.test('what is no cursor is refused as a field of the query', async t => {
  const wrong = [
    [0],
    [0, 'x'],
    ['0', id],
    [0, [id]],
    [0, id, 1],
    [0.5, id],
    [253_402_300_800_000, id],
    {},
    null,
    'x',
    7,
  ]
  for (const value of ['', 'x', '%', ...wrong.map(one => Buffer.from(JSON.stringify(one)).toString('base64url'))]) {
    t.throws(
      () => decodeCursor(value),
      { name: 'ProblemError', code: 'invalid_request', errors: [{ path: '/query/cursor' }] },
      value,
    )
  }
})

t.test('a page knows whether another follows from one row more than it shows', async t => {
  const rows = [1, 2, 3]
  const of = (limit: number) =>
    page(
      rows,
      limit,
      row => row * 10,
      row => ({ key: row, id }),
    )
  t.strictSame(of(3), { items: [10, 20, 30], nextCursor: null })
  t.strictSame(of(2), { items: [10, 20], nextCursor: encodeCursor({ key: 2, id }) })
  t.strictSame(
    page(
      [],
      2,
      row => row,
      () => ({ key: 0, id }),
    ),
    { items: [], nextCursor: null },
  )
})
