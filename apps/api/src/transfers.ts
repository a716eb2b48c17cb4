import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'

/** Counts the imports and exports that run in this process: each holds a connection as long as its caller likes. */
export type Transfers = {
  /** Begins one for a company; what it gives back ends it. Throws `too_many_transfers`. */
  begin(companyId: string): () => void
}

export function createTransfers(
  { company: each, all }: { company: number; all: number } = limits.transfers,
): Transfers {
  const running = new Map<string, number>()
  let total = 0
  const add = (companyId: string, count: number) => {
    total += count
    const now = (running.get(companyId) ?? 0) + count
    if (now > 0) running.set(companyId, now)
    else running.delete(companyId)
  }
  return {
    begin(companyId) {
      if (total >= all || (running.get(companyId) ?? 0) >= each) {
        throw new ProblemError(
          'too_many_transfers',
          'Other imports and exports are running. Try again when one has ended.',
          {
            retryAfter: 5,
          },
        )
      }
      add(companyId, 1)
      return () => add(companyId, -1)
    },
  }
}
