import type { TenantJobs } from '@spintrack/domain/jobs'
import type { Courier } from '@spintrack/domain/webhook-deliveries'
import type { Pool } from '@spintrack/tenancy/pool'
import type { Blueprint } from '@spintrack/tenancy/provision'
import type { Tenancy, Tenant } from '@spintrack/tenancy/tenancy'
import { type TenantState, tenants } from '@spintrack/tenancy/tenants'
import { eq } from 'drizzle-orm'
import type { Post } from './post.ts'

/** What tasks work with. */
export type TaskContext = {
  /** A pool of the owner login: making and dropping tenants is the one thing the app login cannot do. */
  owner: Pool
  blueprint: Blueprint
  /** Over the app login: everything inside a company goes through a scope, as in the API. */
  tenancy: Tenancy
  /** The way to the mail server. Without one, mail is kept in the outbox. */
  post?: Post
  /** What webhooks are sent with. */
  courier: Courier
}

/** A task of the whole installation. */
export type Task<Payload = void> = (context: TaskContext, payload: Payload) => Promise<void>

/** A task of one tenant, and what it does about a tenant that is not ready: pass over it, or fail and be tried again. */
export type TenantTask<Payload> = {
  whenClosed: 'skip' | 'retry'
  run: (context: TaskContext, tenant: Tenant, payload: Payload) => Promise<unknown>
}

export type TenantTasks = { [Name in keyof TenantJobs]: TenantTask<TenantJobs[Name]> }

/**
 * Runs a task for the tenant its job carries, if that is ready. A tenant that has gone since is no error: there is
 * nothing left to do for it.
 */
export async function runForTenant<Payload>(
  context: TaskContext,
  task: TenantTask<Payload>,
  { tenant: name, ...payload }: { tenant: string },
): Promise<void> {
  const state = await stateOf(context.tenancy, name)
  if (state === undefined || state === 'purging') return
  if (state === 'ready') {
    await task.run(context, { name }, payload as Payload)
    return
  }
  if (task.whenClosed === 'retry') throw new TenantClosed(name, state)
}

/** The tenant is there but not open, so its job has to wait. */
export class TenantClosed extends Error {
  override name = 'TenantClosed'
  constructor(tenant: string, state: TenantState) {
    super(`Expected tenant ${tenant} to be ready, and it is ${state}. The job is tried again later.`)
  }
}

async function stateOf({ control }: Tenancy, name: string): Promise<TenantState | undefined> {
  const [row] = await control.select({ state: tenants.state }).from(tenants).where(eq(tenants.name, name))
  return row?.state
}
