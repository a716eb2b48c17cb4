import type pg from 'pg'
import type { Tenant } from './tenancy.ts'

/**
 * What a hook is given: the tenant, and SQL within the transaction of the step. It runs with the tenant's search path,
 * as the owner login, or as the tenant's own role when a tenant is activated.
 */
export type Step = { tenant: Tenant; query: (text: string, values?: unknown[]) => Promise<pg.QueryResult> }

/** A hook that throws takes its whole step back: what it adds and what the engine did are there together or not at all. */
export type Hook = (step: Step) => Promise<void>

/** The application's own steps in a tenant's life. Activating is what `claimTenant` does to one on standby. */
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
