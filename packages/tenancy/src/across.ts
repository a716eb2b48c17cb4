import { DrizzleQueryError, type SQL, sql } from 'drizzle-orm'
import type { PgSelectBuilder, PgTable, SelectedFields } from 'drizzle-orm/pg-core'
import { errorCode, rootCause } from './errors.ts'
import { handle, type TenantDb } from './handles.ts'
import { quoteTenantName } from './names.ts'
import type { Pool } from './pool.ts'
import type { Tenant } from './tenancy.ts'
import { transaction } from './transaction.ts'

/** Begins a select whose rows say which tenant they are from. */
export type Asking = {
  select<Fields extends SelectedFields>(fields: Fields): PgSelectBuilder<Fields & { tenant: SQL<string> }>
}

/** The tenant's own table, to select from and to join with. Its columns are those of the table. */
export type From = <Table extends PgTable>(table: Table) => Table

/** What a select of Drizzle is before it is awaited. */
type Select<Row> = { getSQL(): SQL; prepare(name: string): { execute(): Promise<Row[]> } }

export type Across<Row> = {
  /** In the order of the tenants. */
  rows: Row[]
  /** Tenants without rows here because they could not answer, with the error. The others' rows are all there. */
  errors: { tenant: string; error: unknown }[]
  /** There were more than `maxRows` rows: some are missing, of the tenants that come last. */
  truncated: boolean
}

export type AcrossOptions = {
  /** How many tenants are asked in one query. Each of their tables takes a lock until the query is answered. */
  batch?: number
  maxRows?: number
  /** For all tenants together. */
  timeoutMs?: number
}

/** The time was over before the tenant's turn. */
export class OutOfTime extends Error {
  override name = 'OutOfTime'
  constructor(timeoutMs: number) {
    super(`The time limit of ${timeoutMs} ms was over before this tenant was asked. Ask fewer, or allow more time.`)
  }
}

/**
 * Asks many tenants one question, in a UNION ALL for each batch of them.
 *
 *     across(pool, tenants, (db, from) => db.select({ spins: count() }).from(from(spins)))
 *
 * `build` is called for each tenant and must build the same select; `from` gives it the tenant's tables. `pool` is one of
 * the reporting login, which may read and nothing else; batches see the database at different moments. A tenant that
 * cannot answer (at an older version, locked, damaged) is found by asking the halves of its batch again.
 * Throws DatabaseUnavailable and what is wrong with the login.
 */
export async function across<Row>(
  pool: Pool,
  tenants: readonly Tenant[],
  build: (db: Asking, from: From) => Select<Row>,
  { batch = 50, maxRows = 10_000, timeoutMs = 30_000 }: AcrossOptions = {},
): Promise<Across<Row>> {
  const deadline = Date.now() + timeoutMs
  let rows: Row[] = []
  const errors: Across<Row>['errors'] = []
  const waiting = batches(tenants, batch)
  while (waiting.length > 0) {
    const group = waiting.shift() as Tenant[]
    const fail = (error: unknown) => errors.push(...group.map(({ name }) => ({ tenant: name, error })))
    const left = Math.ceil(deadline - Date.now())
    if (left <= 0) {
      fail(new OutOfTime(timeoutMs))
      continue
    }
    // One row more than there is room for tells whether there are more.
    const answer = await ask(pool, group, build, { limit: maxRows - rows.length + 1, timeoutMs: left })
    if (answer.rows) rows = rows.concat(answer.rows)
    else if (group.length === 1 || isCancelled(answer.error)) fail(answer.error)
    else waiting.unshift(...batches(group, Math.ceil(group.length / 2)))
    if (rows.length > maxRows) return { rows: rows.slice(0, maxRows), errors, truncated: true }
  }
  return { rows, errors, truncated: false }
}

function batches(tenants: readonly Tenant[], size: number): Tenant[][] {
  const count = Math.ceil(tenants.length / size)
  return Array.from({ length: count }, (_, index) => tenants.slice(index * size, (index + 1) * size))
}

type Answer<Row> = { rows: Row[]; error?: never } | { rows?: never; error: unknown }

async function ask<Row>(
  pool: Pool,
  group: Tenant[],
  build: (db: Asking, from: From) => Select<Row>,
  { limit, timeoutMs }: { limit: number; timeoutMs: number },
): Promise<Answer<Row>> {
  try {
    const rows = await transaction(pool, `begin read only; set local statement_timeout to ${timeoutMs}`, client => {
      const db = handle<TenantDb>(client)
      const selects = group.map(({ name }) => build(asking(db, name), from(name)))
      return union(selects, limit).prepare('').execute()
    })
    return { rows }
  } catch (error) {
    // Only what PostgreSQL said to the question. A login that is refused would be refused again for each half.
    if (!(error instanceof DrizzleQueryError)) throw error
    return { error: rootCause(error) }
  }
}

function asking(db: TenantDb, name: string): Asking {
  return { select: fields => db.select({ ...fields, tenant: sql<string>`${name}::text` }) }
}

function from(name: string): From {
  // Checked here; Drizzle quotes it.
  quoteTenantName(name)
  // Only FROM and JOIN say the schema. Columns still belong to the table itself and are found by its name.
  return table => Object.create(table, { [schema]: { value: name } })
}

/** Where Drizzle keeps a table's schema; `Table.Symbol.Schema` is the same, and not in its types. */
const schema = Symbol.for('drizzle:Schema')

/** All selects as one, which is read like the first. Around a single one, Drizzle's own would overwrite its limit. */
function union<Row>(selects: Select<Row>[], limit: number): Select<Row> {
  const all = sql.join(
    selects.map(select => sql`(${select.getSQL()})`),
    sql` union all `,
  )
  return Object.create(selects[0] as Select<Row>, {
    getSQL: { value: () => sql`select * from (${all}) answers limit ${limit}` },
  })
}

/** The time is over, or an operator ended the query: nothing to try again. */
function isCancelled(error: unknown): boolean {
  return errorCode(error) === '57014'
}
