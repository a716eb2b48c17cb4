import { uuidv7 } from 'uuidv7'

/** A new UUIDv7: ordered by time, and unique across companies, so that rows can be copied and moved as they are. */
export function newId(): string {
  return uuidv7()
}

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether `text` is a UUID of any version. */
export function isId(text: string): boolean {
  return pattern.test(text)
}
