import { ProblemError } from '@spintrack/contract/problems'
import { accountIdempotencyKeys } from '@spintrack/database/public/account-idempotency-keys'
import { idempotencyKeys } from '@spintrack/database/tenant/idempotency-keys'
import type { ControlDb, TenantDb } from '@spintrack/tenancy/handles'
import type { Tenancy, Tenant } from '@spintrack/tenancy/tenancy'
import { sql } from 'drizzle-orm'

/** A request that takes effect once, however often it is sent. */
export type Once = {
  /** Who sends it: the id of a user or of a token. Others' equal keys are other keys. */
  readonly principalId: string
  readonly key: string
  /** SHA-256 of method, address and body, in hex: what else must be equal. Reads a body to its end that is a stream. */
  requestHash(): Promise<string>
  /** Told when the value given is that of an earlier request. */
  replayed(): void
}

/**
 * The engine for one request under an idempotency key; without a key the engine as it is. What the request writes and its
 * key are one transaction: sent again, it gives the value that the first one gave, through JSON, and its work is not run.
 *
 * A scope keeps the key in its tenant, a control transaction in `home`, else among those of accounts. A transaction that
 * gives undefined is not kept. Throws `idempotency_key_in_use`, `idempotency_key_reused`, and for a second transaction.
 */
export function underKey(tenancy: Tenancy, once: Once | undefined, home?: Tenant): Tenancy {
  if (!once) return tenancy
  let kept = false
  const run = async <T>(store: Store, work: () => Promise<T>): Promise<Outcome<T>> => {
    if (kept) throw new Error('A request with an Idempotency-Key writes in one transaction, and this is its second.')
    const known = await store((db, keys) => find(db, keys, once))
    if (known) return { value: known.value as T, replayed: true }
    const value = await work()
    if (value !== undefined) await store((db, keys) => keep(db, keys, once, value))
    return { value, replayed: false }
  }
  const settle = async <T>(outcome: Promise<Outcome<T>>): Promise<T> => {
    const { value, replayed } = await outcome
    kept = value !== undefined
    if (replayed) once.replayed()
    return value
  }
  return {
    ...tenancy,
    scope(tenant, options, work) {
      if (options.readOnly) return tenancy.scope(tenant, options, work)
      return settle(
        tenancy.scope(tenant, options, db =>
          run(
            use => use(db, ofCompany),
            () => work(db),
          ),
        ),
      )
    },
    transaction: (work, options) =>
      settle(
        tenancy.transaction(
          (db, enter) =>
            run(
              use => (home ? enter(home, inside => use(inside, ofCompany)) : use(db, ofAccount)),
              () => work(db, enter),
            ),
          options,
        ),
      ),
  }
}

/** Deletes a company's keys that no longer count. */
export async function forgetKeys(db: TenantDb): Promise<void> {
  await db.execute(sql`delete from ${ofCompany.table} where ${tooOld(ofCompany)}`)
}

/** Deletes the keys of accounts that no longer count. */
export async function forgetAccountKeys(db: ControlDb): Promise<void> {
  await db.execute(sql`delete from ${ofAccount.table} where ${tooOld(ofAccount)}`)
}

type Outcome<T> = { value: T; replayed: boolean }

/** Where keys are, and the way there. */
type Keys = typeof ofCompany | typeof ofAccount
type Store = <T>(use: (db: ControlDb | TenantDb, keys: Keys) => Promise<T>) => Promise<T>

const ofCompany = { table: idempotencyKeys, principal: sql.identifier('principal_id') }
const ofAccount = { table: accountIdempotencyKeys, principal: sql.identifier('user_id') }

function tooOld({ table }: Keys) {
  return sql`${table.createdAt} < now() - interval '24 hours'`
}

type Found = { free: boolean; hash: string | null; value: unknown; old: boolean }

/**
 * What an earlier request with this key gave. Otherwise the key is this transaction's until it ends; one that comes
 * meanwhile is refused rather than made to wait.
 */
async function find(db: ControlDb | TenantDb, keys: Keys, once: Once): Promise<{ value: unknown } | undefined> {
  const mine = sql`${keys.principal} = ${once.principalId} and ${keys.table.key} = ${once.key}`
  const { rows } = await db.execute<Found>(sql`
    select pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', current_schema(), ${once.principalId}::text, ${once.key}::text), 0)) as free,
      kept.*
    from (select) one left join (
      select ${keys.table.requestHash} as hash, ${keys.table.value}, ${tooOld(keys)} as old from ${keys.table} where ${mine}
    ) kept on true`)
  const [{ free, hash, value, old }] = rows as [Found]
  if (!free) throw inUse()
  if (hash === null) return undefined
  if (old) {
    await db.execute(sql`delete from ${keys.table} where ${mine}`)
    return undefined
  }
  if (hash !== (await once.requestHash())) {
    throw new ProblemError(
      'idempotency_key_reused',
      'This Idempotency-Key was sent with another request before. Send a new key with a new request.',
    )
  }
  return { value }
}

async function keep(db: ControlDb | TenantDb, { table, principal }: Keys, once: Once, value: unknown): Promise<void> {
  const { rowCount } = await db.execute(sql`
    insert into ${table} (${principal}, key, request_hash, value)
    values (${once.principalId}, ${once.key}, ${await once.requestHash()}, ${JSON.stringify(value)})
    on conflict do nothing`)
  // The other one committed between our look and our lock.
  if (!rowCount) throw inUse()
}

function inUse(): ProblemError {
  return new ProblemError(
    'idempotency_key_in_use',
    'A request with this Idempotency-Key is still running. Send it again in a moment to get its answer.',
    { retryAfter: 1 },
  )
}
