import { type Placeholder, sql } from 'drizzle-orm'
import type { Queryable, TenantDb } from './handles.ts'

/** One placeholder for each value that a query is given; undefined for those that are left out. */
export type Holes<Values> = {
  readonly [Name in keyof Values]: undefined extends Values[Name] ? Placeholder | undefined : Placeholder
}

/** A query of Drizzle that can be prepared: what `select`, `insert` and the others give before they are awaited. */
type Preparable<T> = { prepare(name: string): { execute(values?: Record<string, unknown>): Promise<T> } }

/**
 * A query that is built once and run in any scope. Drizzle takes longer to write the SQL of a list than PostgreSQL
 * takes to answer it, and the text is the same for every tenant.
 *
 * `build` gets a placeholder for each value that is given; it is called again for another choice of values, so that an
 * optional condition is there or not. PostgreSQL plans every run anew: nothing is prepared on its side, where a
 * statement would outlive the scope. Values go to PostgreSQL as they are, so pass times as ISO 8601 text.
 */
export function prepared<Values extends object, T>(
  build: (db: TenantDb, holes: Holes<Values>) => Preparable<T>,
): (db: TenantDb, values: Values) => Promise<T> {
  const built = new Map<string, ReturnType<Preparable<T>['prepare']>>()
  return (db, values) => {
    const given = Object.entries(values).filter(([, value]) => value !== undefined)
    const key = given.map(([name]) => name).join()
    let query = built.get(key)
    if (!query) {
      query = build(
        db,
        Object.fromEntries(given.map(([name]) => [name, sql.placeholder(name)])) as Holes<Values>,
      ).prepare('')
      built.set(key, query)
    }
    // The same query over this scope's connection. `built` was made over that of the first scope, closed since.
    return Object.create(query, { client: { value: clientOf(db) } }).execute(values)
  }
}

/** The guard of the scope; of a savepoint too, which shares the scope's session. */
export function clientOf(db: TenantDb): Queryable {
  return (db._.session as unknown as { client: Queryable }).client
}
