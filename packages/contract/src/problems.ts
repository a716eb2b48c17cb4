import type { FieldError } from './problem-details.ts'

/**
 * Every error the API can answer, in one catalogue. `title` says what happened; the `detail` of one answer adds what
 * was expected and what to do next. Codes are part of the contract: adding is free, changing is not.
 */
export const problems = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  confirmation_mismatch: { status: 400, title: 'The confirmation does not match' },
  weak_password: { status: 400, title: 'The password is too easy to guess' },
  unauthenticated: { status: 401, title: 'Log in first' },
  invalid_credentials: { status: 401, title: 'E-mail address or password is wrong' },
  forbidden: { status: 403, title: 'You are not allowed to do this' },
  cross_site_request: { status: 403, title: 'The request came from another site' },
  company_archived: { status: 403, title: 'The company is archived' },
  company_suspended: { status: 403, title: 'The company is suspended' },
  not_found: { status: 404, title: 'Not found' },
  token_invalid: { status: 404, title: 'The link is not valid any more' },
  company_not_found: { status: 404, title: 'There is no such company among yours' },
  method_not_allowed: { status: 405, title: 'This method is not available here' },
  company_required: { status: 409, title: 'Choose a company first' },
  email_taken: { status: 409, title: 'This e-mail address already has an account' },
  last_owner: { status: 409, title: 'The company needs an owner' },
  already_member: { status: 409, title: 'This person belongs to the company already' },
  already_invited: { status: 409, title: 'This address is invited already' },
  too_many_invitations: { status: 409, title: 'The company has as many open invitations as it can' },
  slug_taken: { status: 409, title: 'Another company uses this address' },
  serial_number_taken: { status: 409, title: 'Another spinner has this serial number' },
  spinner_has_spins: { status: 409, title: 'The spinner has spins; retire it instead' },
  spinner_retired: { status: 409, title: 'The spinner is retired' },
  demo_exists: { status: 409, title: 'You have a demo company already' },
  not_a_demo: { status: 409, title: 'The company is not a demo' },
  deletion_not_requested: { status: 409, title: 'The company is not going to be deleted' },
  copy_too_large: { status: 409, title: 'This is too much for one copy' },
  idempotency_key_in_use: { status: 409, title: 'A request with this key is still running' },
  too_many_tokens: { status: 409, title: 'You have as many tokens as one member can' },
  too_many_templates: { status: 409, title: 'The company has as many templates as it can' },
  too_many_webhooks: { status: 409, title: 'The company has as many webhooks as it can' },
  webhook_disabled: { status: 409, title: 'The webhook is switched off' },
  export_not_ready: { status: 409, title: 'The archive is not ready' },
  export_expired: { status: 410, title: 'The archive has expired' },
  stale_version: { status: 412, title: 'Somebody changed this in the meantime' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  idempotency_key_reused: { status: 422, title: 'This key was used for another request' },
  rate_limited: { status: 429, title: 'Too many requests' },
  too_many_transfers: { status: 429, title: 'Too many imports and exports at once' },
  too_many_streams: { status: 429, title: 'Too many event streams are open' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'The service is not available right now' },
  tenant_upgrading: { status: 503, title: 'The company is being upgraded' },
  outcome_unknown: { status: 503, title: 'The connection was lost while saving; the change may or may not be stored' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** A refusal the caller can understand. Thrown by the domain, answered by the API as problem details. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly errors: FieldError[] | undefined
  /** Seconds until a retry makes sense; sent as `Retry-After`. */
  readonly retryAfter: number | undefined

  constructor(
    code: ProblemCode,
    detail?: string,
    options: { errors?: FieldError[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(detail ?? `${problems[code].title}.`, { cause: options.cause })
    this.name = 'ProblemError'
    this.code = code
    this.errors = options.errors
    this.retryAfter = options.retryAfter
  }
}
