import { ProblemError } from '@spintrack/contract/problems'
import { errorCode, rootCause } from '@spintrack/tenancy/errors'

/** What a company answers while it is between two versions. */
export function tenantUpgrading(cause?: unknown): ProblemError {
  const detail = 'The company is being brought to a new version. Try again in a moment.'
  return new ProblemError('tenant_upgrading', detail, { cause })
}

/** The table or column is not there. */
const missing = ['42P01', '42703']

/**
 * The problem behind a failed query that met a migration, or the error itself when it is none: in a company that is
 * `behind` this build something is missing yet, and in any a table is held by an ALTER.
 */
export function upgrading(error: unknown, behind: boolean): unknown {
  const code = errorCode(error) ?? ''
  if (behind && missing.includes(code)) return tenantUpgrading(error)
  return code === '55P03' && !waitedForRow(error) ? tenantUpgrading(error) : error
}

/** PostgreSQL says which row it waited for ("while updating tuple (0,1) …"), and nothing of the kind of a whole table. */
function waitedForRow(error: unknown): boolean {
  const { where } = rootCause(error) as { where?: string }
  return where?.includes('tuple') ?? false
}
