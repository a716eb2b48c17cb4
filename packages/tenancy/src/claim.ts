import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { NoStandbyTenant } from './errors.ts'
import type { ControlTransaction } from './handles.ts'
import { type Hook, type Hooks, step } from './hooks.ts'
import { clientOf } from './prepared.ts'
import type { Enter, Tenancy, Tenant } from './tenancy.ts'

/** The channel on which the process that provisions tenants hears that some were claimed or are wanted. */
export const standbyChannel = 'tenants_wanted'

const pollMs = 50

/**
 * Claims a standby tenant and runs `work` with it in the same transaction, so that the tenant becomes ready together
 * with whatever `work` writes, or stays on standby. Needs no right to create anything. The hooks `beforeActivate` and
 * `afterActivate` run around `work`, as the tenant.
 *
 * When none is left it asks for more and waits up to `waitMs` milliseconds; then NoStandbyTenant.
 */
export async function claimTenant<T>(
  tenancy: Tenancy,
  { version, waitMs = 5_000, hooks = {} }: { version: number; waitMs?: number; hooks?: Hooks },
  work: (db: ControlTransaction, tenant: Tenant, enter: Enter) => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + waitMs
  for (;;) {
    const claimed = await tenancy.transaction(async (db, enter) => {
      const tenant = await claim(db, version)
      if (!tenant) return
      await activate(hooks.beforeActivate, tenant, enter)
      const value = await work(db, tenant, enter)
      await activate(hooks.afterActivate, tenant, enter)
      return { value }
    })
    if (claimed) return claimed.value
    if (Date.now() >= deadline) throw new NoStandbyTenant(waitMs)
    await tenancy.control.execute(sql.raw(`notify ${standbyChannel}`))
    await delay(pollMs)
  }
}

async function activate(hook: Hook | undefined, tenant: Tenant, enter: Enter): Promise<void> {
  if (hook) await enter(tenant, inside => hook(step(tenant, clientOf(inside))))
}

async function claim(db: ControlTransaction, version: number): Promise<Tenant | undefined> {
  // SKIP LOCKED: two sign-ups at once take two tenants instead of waiting for each other.
  const { rows } = await db.execute<{ name: string }>(sql`
    update tenants set state = 'ready', claimed_at = now()
    where name = (
      select name from tenants where state = 'standby' and version = ${version}
      order by created_at limit 1 for update skip locked
    )
    returning name`)
  if (rows[0]) await db.execute(sql.raw(`notify ${standbyChannel}`))
  return rows[0]
}
