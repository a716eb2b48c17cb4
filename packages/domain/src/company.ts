import type { Role } from '@spintrack/contract/permissions'
import type { CompanySummary } from '@spintrack/contract/session'
import type { TenantDb } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { refusal } from './refusals.ts'

/**
 * One company as one of its people may use it: a capability. Code that holds it can reach this company's rows and no
 * other's, since nothing below it is ever given a company's name.
 */
export type Company = {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly role: Role
  /** The caller's own row in `members`. */
  readonly memberId: string
  readonly state: CompanySummary['state']
  readonly createdAt: Date
  /** One query inside the company that only reads, in one round trip. Refuses a second query. */
  read<T>(work: (db: TenantDb) => Promise<T>): Promise<T>
  /** A transaction inside the company. May run `work` again from its start. Refused writes become ProblemErrors. */
  write<T>(work: (db: TenantDb) => Promise<T>): Promise<T>
}

/** What the principal query knows of a membership. */
export type Membership = Omit<Company, 'read' | 'write'> & { readonly tenant: string; readonly version: number }

/** Opens a company for the holder of `membership`. */
export function openCompany(tenancy: Tenancy, { tenant, version: _, ...membership }: Membership): Company {
  const home = { name: tenant }
  return {
    ...membership,
    read: work => tenancy.scope(home, { readOnly: true, oneQuery: true }, work),
    write: work =>
      tenancy.scope(home, {}, work).catch(error => {
        throw refusal(error)
      }),
  }
}
