import type { Copy, CreateCopy } from '@spintrack/contract/copies'
import { allows } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import { memberships } from '@spintrack/database/public/memberships'
import type { ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { and, eq } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Company } from './company.ts'
import { refusal } from './refusals.ts'
import { transfer } from './transfer.ts'

/**
 * Copies spinners of one company into another of the same person, all or nothing. Whoever belongs to both is themselves
 * there. Throws `forbidden` when the person may not copy into the other one, `invalid_request` when it is the same, and
 * what `transfer` throws.
 */
export async function createCopy(
  tenancy: Tenancy,
  from: Company,
  to: Company,
  { spinnerIds, spins = true }: Pick<CreateCopy, 'spinnerIds' | 'spins'>,
): Promise<Copy> {
  if (to.id === from.id) {
    throw new ProblemError('invalid_request', 'Spinners are copied into another company than their own.', {
      errors: [{ path: '/body/toCompanyId', message: 'must be another company' }],
    })
  }
  if (!allows(to.role, 'copies.write')) {
    throw new ProblemError('forbidden', `Your role in ${to.name}, ${to.role}, does not allow copies.write.`)
  }
  const load = { companyId: from.id, spinnerIds: [...new Set(spinnerIds.map(id => id.toLowerCase()))], spins }
  return tenancy
    .transaction(async (db, enter) => {
      const there = to.within(db, enter)
      const copy = await transfer(from.within(db, enter), there, { ...load, people: await inBoth(db, from, to) })
      await there(async (_, tell) => {
        if (copy.spinners > 0) tell({ type: 'spinners.created', count: copy.spinners })
        if (copy.spins > 0) tell({ type: 'spins.created', count: copy.spins })
      })
      return copy
    })
    .catch(error => {
      throw refusal(error)
    })
}

/** The people who belong to both companies, by their member ids. */
async function inBoth(db: ControlTransaction, from: Company, to: Company): Promise<Map<string, string>> {
  const other = alias(memberships, 'other')
  const rows = await db
    .select({ there: memberships.memberId, here: other.memberId })
    .from(memberships)
    .innerJoin(other, and(eq(other.userId, memberships.userId), eq(other.companyId, to.id)))
    .where(eq(memberships.companyId, from.id))
  return new Map(rows.map(({ there, here }) => [there, here]))
}
