import { NodePgSession, NodePgTransaction } from 'drizzle-orm/node-postgres'
import { PgDialect } from 'drizzle-orm/pg-core'
import type pg from 'pg'

type None = Record<string, never>
type Handle = NodePgTransaction<None, None>
declare const side: unique symbol

/** Drizzle inside one tenant. `transaction()` on it is a savepoint. Made only by a scope. */
export type TenantDb = Handle & { readonly [side]: 'tenant' }

/** Drizzle over the control tables in `public`, inside one transaction. `transaction()` on it is a savepoint. */
export type ControlTransaction = Handle & { readonly [side]: 'control' }

/** Drizzle over the control tables in `public`. Cannot be passed where a TenantDb is wanted, nor the other way round. */
export type ControlDb = Omit<ControlTransaction, 'transaction' | 'rollback' | 'setTransaction'>

/** What Drizzle needs of a client. */
export type Queryable = { query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> }

const dialect = new PgDialect()

/** Drizzle over `client`. Always its transaction class, whose nested `transaction()` is a savepoint and never BEGIN. */
export function handle<T extends ControlDb | TenantDb>(client: Queryable): T {
  // The session is built by hand because drizzle() would offer a BEGIN of its own and show the client as `$client`.
  const session = new NodePgSession<None, None>(client as unknown as pg.Client, dialect, undefined)
  return new NodePgTransaction<None, None>(dialect, session, undefined) as unknown as T
}
