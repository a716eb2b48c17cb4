import { randomBytes } from 'node:crypto'

const pattern = /^t_[a-z0-9]{12,26}$/

/**
 * A new name for a tenant's schema and role, which are called the same. It is opaque, since every role can read the
 * catalogue, and random, so that databases of one cluster and moved tenants never collide. 100 bits.
 */
export function newTenantName(): string {
  return `t_${BigInt(`0x${randomBytes(13).toString('hex')}`)
    .toString(36)
    .padStart(20, '0')
    .slice(-20)}`
}

/** The name as a quoted identifier. Names never come from input; this check makes sure that stays true. */
export function quoteTenantName(name: string): string {
  if (!pattern.test(name)) throw new Error(`Not a tenant name: ${JSON.stringify(name)}, expected ${pattern}`)
  return `"${name}"`
}

/** Any other identifier (a table, a login) as a quoted identifier. */
export function quoteIdentifier(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
