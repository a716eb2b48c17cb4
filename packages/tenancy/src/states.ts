import { sql } from 'drizzle-orm'
import { WrongState } from './errors.ts'
import type { ControlDb } from './handles.ts'
import type { Tenant } from './tenancy.ts'
import type { TenantState } from './tenants.ts'

/**
 * How a tenant that somebody has may change its state, and from which states. Claiming one and purging one are not
 * here: each comes with work of its own.
 */
export const transitions = {
  suspend: { from: ['ready'], to: 'suspended' },
  resume: { from: ['suspended'], to: 'ready' },
  archive: { from: ['ready'], to: 'archived' },
  restore: { from: ['archived'], to: 'ready' },
} as const satisfies Record<string, { from: readonly TenantState[]; to: TenantState }>

export type Transition = keyof typeof transitions

/** Changes a tenant's state in one UPDATE, so that of two changes at once one wins. Throws WrongState, which says what can be done. */
export async function changeState(db: Pick<ControlDb, 'execute'>, { name }: Tenant, change: Transition): Promise<void> {
  const { from, to } = transitions[change]
  const changed = await db.execute(
    sql`update tenants set state = ${to} where name = ${name} and state in ${from} returning state`,
  )
  if (changed.rows.length > 0) return
  const { rows } = await db.execute<{ state: TenantState }>(sql`select state from tenants where name = ${name}`)
  throw new WrongState(change, from, rows[0]?.state, possible(rows[0]?.state))
}

function possible(state: TenantState | undefined): string[] {
  return Object.entries(transitions)
    .filter(([, { from }]) => (from as readonly unknown[]).includes(state))
    .map(([change]) => change)
}
