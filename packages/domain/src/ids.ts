import { uuidv7 } from 'uuidv7'

/** A new UUIDv7: ordered by time, and unique across companies, so that rows can be copied and moved as they are. */
export function newId(): string {
  return uuidv7()
}

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether `value` is the text of a UUID of any version. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value)
}
