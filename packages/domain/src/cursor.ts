import { ProblemError } from '@spintrack/contract/problems'
import { isId } from './ids.ts'

/** Where a page ended: the sort key of its last row, a whole number, and the id that breaks ties. */
export type Position = { key: number; id: string }

/** The keys that are in use, times in milliseconds among them: the years 1 to 9999. */
const keys = { min: -62_135_596_800_000, max: 253_402_300_799_999 }

/** A cursor for the page after `position`. Opaque to callers. */
export function encodeCursor({ key, id }: Position): string {
  return Buffer.from(JSON.stringify([key, id])).toString('base64url')
}

/** Reads a cursor. Throws `invalid_request` for anything `encodeCursor` did not write. */
export function decodeCursor(cursor: string): Position {
  try {
    const [key, id, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Number.isInteger(key) && key >= keys.min && key <= keys.max && isId(id) && rest.length === 0) return { key, id }
  } catch {}
  throw new ProblemError('invalid_request', 'The cursor is not one this API gave out. Start again without it.', {
    errors: [{ path: '/query/cursor', message: 'must be the nextCursor of the page before' }],
  })
}

/**
 * A page out of `rows`, which were asked for with one more than `limit`, so that the last page is known without
 * another query.
 */
export function page<Row, Item>(
  rows: Row[],
  limit: number,
  shape: (row: Row) => Item,
  position: (row: Row) => Position,
) {
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { items: rows.slice(0, limit).map(shape), nextCursor: last ? encodeCursor(position(last)) : null }
}
