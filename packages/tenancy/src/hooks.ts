import type pg from 'pg'
import { Guard } from './guard.ts'
import type { Queryable } from './handles.ts'
import type { Tenant } from './tenancy.ts'

/**
 * What a hook is given: the tenant, and SQL within the transaction of the step. It runs with the tenant's search path,
 * as the owner login, or as the tenant's own role when a tenant is activated.
 */
export type Step = { tenant: Tenant; query: (text: string, values?: unknown[]) => Promise<pg.QueryResult> }

/** A hook that throws takes its whole step back: what it adds and what the engine did are there together or not at all. */
export type Hook = (step: Step) => Promise<unknown>

/**
 * The application's own steps in a tenant's life. Activating is what `claimTenant` does to one on standby.
 *
 * `beforeProvision` finds an empty schema, `afterProvision` the tables; `beforePurge` finds the rows, `afterPurge`
 * nothing any more. Their effects have to be in the database: a step may be run again from its start.
 *
 *     const hooks: Hooks = {
 *       async afterProvision({ query }) {
 *         await query("insert into folders (id, name) values (gen_random_uuid(), 'Inbox')")
 *       },
 *       async beforePurge({ tenant, query }) {
 *         await query('insert into public.invoices_to_close (tenant) values ($1)', [tenant.name])
 *       },
 *     }
 *     provision(owner, { migrations, grants, appLogin, hooks })
 */
export type Hooks = {
  readonly beforeProvision?: Hook
  readonly afterProvision?: Hook
  readonly beforeActivate?: Hook
  readonly afterActivate?: Hook
  readonly beforeMigrate?: Hook
  readonly afterMigrate?: Hook
  readonly beforePurge?: Hook
  readonly afterPurge?: Hook
}

/** Runs a hook on `client`, which is inside the step's transaction. A query that it does not await takes the step back too. */
export async function runHook(hook: Hook | undefined, tenant: Tenant, client: pg.ClientBase): Promise<void> {
  if (!hook) return
  const guard = new Guard(client)
  try {
    await hook(step(tenant, guard))
    guard.close()
  } catch (error) {
    await guard.abandon()
    throw error
  }
}

/** What a hook is given, over a client that is guarded already. */
export function step(tenant: Tenant, client: Queryable): Step {
  return { tenant, query: (text, values) => client.query({ text }, values) }
}
