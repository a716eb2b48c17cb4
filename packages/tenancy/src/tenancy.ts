import type pg from 'pg'
import { borrow } from './connection.ts'
import { DatabaseUnavailable, isConnectionLost, OutcomeUnknown } from './errors.ts'
import { extended, Guard } from './guard.ts'
import { type ControlDb, type ControlTransaction, handle, type TenantDb } from './handles.ts'
import { type Ear, type Hearing, hear } from './hear.ts'
import { quoteTenantName } from './names.ts'
import { createNotifier, type Notice } from './notices.ts'
import { type Pool, withStreamPool } from './pool.ts'
import { type Snapshot, viewOf } from './snapshot.ts'
import { transaction, type Work } from './transaction.ts'

/** The database home of one company: the name of its schema and role, as `public.tenants` has it. */
export type Tenant = { readonly name: string }

/** Runs `work` inside a tenant, within a control transaction that is already open. */
export type Enter = <T>(tenant: Tenant, work: (db: TenantDb) => Promise<T>) => Promise<T>

export type Tenancy = {
  /**
   * Runs `work` in one short transaction inside `tenant`: the tenant's role and search_path are set for that
   * transaction alone. It may be run again from its start (see `transaction`), so it must only touch the database.
   *
   * Throws what `work` threw (after ROLLBACK), QueryNotAwaited, TransactionAborted, OutcomeUnknown, DatabaseUnavailable.
   */
  scope<T>(tenant: Tenant, options: ScopeOptions, work: (db: TenantDb) => Promise<T>): Promise<T>
  /** The control tables, one statement at a time. Cannot see a tenant's rows: the login has no right to any schema of theirs. */
  control: ControlDb
  /**
   * One transaction over the control tables, which may `enter` a tenant, so that both change together or not at all. With
   * `stream` as a scope with it.
   */
  transaction<T>(work: (db: ControlTransaction, enter: Enter) => Promise<T>, options?: { stream: true }): Promise<T>
  /**
   * Reads much of a tenant, as it was at one moment and however long it takes: `look` is given the control tables as they
   * were then, and `work` the tenant and what `look` found. On a connection of its own, and never run again, so it may
   * write elsewhere what it reads.
   */
  snapshot<S, T>(
    tenant: Tenant,
    look: (db: ControlTransaction) => Promise<S>,
    work: (view: Snapshot, seen: S) => Promise<T>,
  ): Promise<T>
  /** Hears what transactions notify on a channel as they commit, on a connection of its own, until it is stopped. */
  hear(channel: string, ear: Ear): Hearing
}

/**
 * `oneQuery`: COMMIT travels in one packet with the query, so the scope takes one round trip. A second query throws
 * ScopeClosed. Only for scopes that read: what is lost under way is run again.
 *
 * `stream`: the work writes what somebody is still sending. It is on a connection of its own, may wait up to a minute
 * between two queries, and is never run again, as what it has read is gone.
 */
export type ScopeOptions =
  | { readOnly?: boolean; oneQuery?: never; stream?: never }
  | { readOnly: true; oneQuery?: boolean; stream?: never }
  | { stream: true; readOnly?: never; oneQuery?: never }

/** The engine over a pool of the app login: NOINHERIT, member of every tenant role, owner of nothing. */
export function createTenancy(pool: Pool): Tenancy {
  const tell = createNotifier(pool)

  /** A transaction with a guard for each try. What it is to tell is told once it has committed, or may have. */
  async function begin<D extends ControlDb | TenantDb, T>(
    prologue: string,
    work: (db: D, guard: Guard) => Promise<T>,
    { oneQuery, on = pool, tries }: { oneQuery?: boolean; on?: Pool; tries?: number } = {},
  ): Promise<T> {
    let notices: readonly Notice[] = []
    try {
      const attempt: Work<T> = (client, commit) => {
        const guard = new Guard(client, oneQuery ? commit : undefined)
        notices = guard.notices
        return guarded<D, T>(guard, db => work(db, guard))
      }
      const value = await transaction(on, prologue, attempt, tries)
      tell(notices)
      return value
    } catch (error) {
      if (error instanceof OutcomeUnknown) tell(notices)
      throw error
    }
  }

  return {
    scope: (tenant, options, work) =>
      options.stream
        ? withStreamPool(pool, on => begin(`begin; ${streamLimits}; ${become(tenant)}`, work, { on, tries: 1 }))
        : begin(`${options.readOnly ? 'begin read only' : 'begin'}; ${become(tenant)}`, work, options),

    control: handle<ControlDb>(autocommit(pool)),

    transaction: (work, options) => {
      const within = (db: ControlTransaction, guard: Guard) => work(db, entering(guard, become))
      if (!options?.stream) return begin('begin', within)
      return withStreamPool(pool, on => begin(`begin; ${streamLimits}`, within, { on, tries: 1 }))
    },

    snapshot: (tenant, look, work) =>
      withStreamPool(pool, streaming =>
        transaction(
          streaming,
          `begin isolation level repeatable read, read only; ${streamLimits}`,
          async client => {
            const seen = await guarded(new Guard(client), look)
            await client.query(become(tenant))
            return work(viewOf(client), seen)
          },
          1,
        ),
      ),

    hear: (channel, ear) => hear(pool, channel, ear),
  }
}

/** Lets a control transaction enter tenants, each by the statements that `prologue` gives. */
export function entering(guard: Guard, prologue: (tenant: Tenant) => string): Enter {
  return async <T>(tenant: Tenant, inside: (db: TenantDb) => Promise<T>) => {
    const statements = prologue(tenant)
    const borrower = guard.lend()
    const value = await guarded<TenantDb, T>(borrower, async db => {
      await borrower.run(statements)
      return inside(db)
    })
    // Reached only on success: after a failure the outer handle stays shut, so that the whole is rolled back.
    await guard.takeBack('reset role; set local search_path to default')
    return value
  }
}

/** A stream is as slow as whoever takes or sends it. A minute without a byte is too slow. */
const streamLimits = [
  'set local statement_timeout to 0',
  "set local idle_in_transaction_session_timeout to '1min'",
  "set local lock_timeout to '10s'",
].join('; ')

/** `public` is never on the path, so a forgotten scope fails; pg_temp comes last, so a temporary table shadows nothing. */
function become(tenant: Tenant): string {
  const name = quoteTenantName(tenant.name)
  return `set local role ${name}; set local search_path to ${name}, pg_temp`
}

/** Runs `work` with a handle over `guard`, which is closed after it. Throws what `work` threw, QueryNotAwaited, ScopeClosed. */
export async function guarded<D extends ControlDb | TenantDb, T>(
  guard: Guard,
  work: (db: D) => Promise<T>,
): Promise<T> {
  try {
    const value = await work(handle<D>(guard))
    guard.close()
    return value
  } catch (error) {
    await guard.abandon()
    throw error
  }
}

function autocommit(pool: Pool) {
  return {
    query: (config: pg.QueryConfig, values?: unknown[]) =>
      borrow(pool, client => client.query(extended(config, values))).catch(error => {
        throw isConnectionLost(error) ? new DatabaseUnavailable(error) : error
      }),
  }
}
