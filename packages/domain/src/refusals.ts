import { ProblemError } from '@spintrack/contract/problems'
import { rootCause } from '@spintrack/tenancy/errors'

/**
 * What a violated constraint means to the caller. The database decides, since only it sees what others write at the
 * same moment; a look before the write could only be friendlier, never right.
 */
const refusals: Record<string, () => ProblemError> = {
  companies_slug_key: slugTaken,
  users_email_key: emailTaken,
  companies_demo_user_key: () => new ProblemError('demo_exists', 'Reset it, keep it or delete it to have another.'),
  spinners_serial_number_key: () =>
    new ProblemError('serial_number_taken', 'Another spinner of this company has this serial number.', {
      errors: [{ path: '/body/serialNumber', message: 'is already used by another spinner' }],
    }),
  spinners_member_id_members_id_fk: () => unknownReference('memberId', 'member'),
  spins_member_id_members_id_fk: () => unknownReference('memberId', 'member'),
  spins_spinner_id_spinners_id_fk: () => unknownReference('spinnerId', 'spinner'),
}

/** The ProblemError for a refused write, or the error itself when it is none. */
export function refusal(error: unknown): unknown {
  const { constraint, detail } = rootCause(error) as { constraint?: string; detail?: string }
  if (!constraint) return error
  if (constraint === 'spins_spinner_id_spinners_id_fk' && detail?.includes('still referenced')) {
    return new ProblemError(
      'spinner_has_spins',
      'Spins were recorded with this spinner. Retire it instead, so that they stay.',
    )
  }
  return refusals[constraint]?.() ?? error
}

/** The refusal of an e-mail address that is another account's. */
export function emailTaken(): ProblemError {
  return new ProblemError('email_taken', 'This e-mail address already has an account. Log in instead.', {
    errors: [{ path: '/body/email', message: 'already has an account' }],
  })
}

/** The refusal of an address that is another company's. */
export function slugTaken(): ProblemError {
  return new ProblemError('slug_taken', 'Another company uses this address. Choose another one.', {
    errors: [{ path: '/body/slug', message: 'is already used by another company' }],
  })
}

function unknownReference(field: string, noun: string): ProblemError {
  return new ProblemError('not_found', `There is no such ${noun} in this company.`, {
    errors: [{ path: `/body/${field}`, message: `must be the id of a ${noun} of this company` }],
  })
}
