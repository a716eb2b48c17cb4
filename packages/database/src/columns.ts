import { sql } from 'drizzle-orm'
import { check, customType, timestamp } from 'drizzle-orm/pg-core'

/** A point in time to the millisecond, so that what JavaScript reads equals what is stored and a cursor can compare it. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** Bytes. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

/** A CHECK that a text column has one of `values`; unlike an enum type it replays anywhere and can be changed in place. */
export function oneOf(name: string, column: string, values: readonly string[]) {
  return check(name, sql.raw(`"${column}" in (${values.map(value => `'${value}'`).join(', ')})`))
}

/** The id of a transaction, which never comes again. As a text: it has more bits than a number. */
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })
