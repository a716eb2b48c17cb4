import { ProblemError } from '@spintrack/contract/problems'

/** The answer to a change that was made against an older version than the stored one. */
export function staleVersion(): ProblemError {
  return new ProblemError(
    'stale_version',
    'Somebody changed this in the meantime. Read it again and repeat your change.',
  )
}
