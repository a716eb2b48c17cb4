/** A scope's database handle was used after its transaction had ended. A bug in the caller: something was not awaited. */
export class ScopeClosed extends Error {
  override name = 'ScopeClosed'
  constructor() {
    super('This database handle belongs to a transaction that has ended. Await every query before the scope returns.')
  }
}

/** A scope returned while one of its queries was still running; the transaction was rolled back. */
export class QueryNotAwaited extends Error {
  override name = 'QueryNotAwaited'
  constructor(pending: number) {
    super(`The scope returned with ${pending} of its queries still running, so it was rolled back. Await them all.`)
  }
}

/** COMMIT answered ROLLBACK: an error inside the transaction was swallowed, so nothing was stored. */
export class TransactionAborted extends Error {
  override name = 'TransactionAborted'
  constructor() {
    super('PostgreSQL rolled the transaction back at COMMIT, because an earlier error in it was caught and ignored.')
  }
}

/** The connection was lost after COMMIT had been sent: the change may or may not be stored. Never retried here. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown'
  constructor(cause: unknown) {
    super('The connection was lost while committing, so whether the change is stored is not known.', { cause })
  }
}

/** No connection could be had, or it was lost on every try. Nothing was stored; trying again later makes sense. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
  constructor(cause: unknown) {
    super('PostgreSQL could not be reached.', { cause })
  }
}

/** No provisioned tenant was free within the time allowed. */
export class NoStandbyTenant extends Error {
  override name = 'NoStandbyTenant'
  constructor(waitedMs: number) {
    super(
      `No standby tenant became free within ${waitedMs} ms. Is a process that provisions them (spintrack start or worker) running?`,
    )
  }
}

/** A tenant is not in the state that a change of it begins from. */
export class WrongState extends Error {
  override name = 'WrongState'
  constructor(change: string, expected: readonly string[], got: string | undefined, possible: readonly string[]) {
    const next =
      possible.length > 0 ? `What can be done with it: ${possible.join(', ')}.` : 'Nothing can be done with it.'
    super(`To ${change} it, it must be ${expected.join(' or ')}, but it is ${got ?? 'gone'}. ${next}`)
  }
}

const connectionLostCodes = new Set([
  '57P01',
  '57P02',
  '57P03',
  '25P03',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
])
const connectionLostMessages =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/

/** Follows `cause` down to the error PostgreSQL or the socket gave; Drizzle wraps it and puts parameters in the message. */
export function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause ? rootCause(error.cause) : error
}

/** The SQLSTATE or socket error code at the root of `error`, if it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = (rootCause(error) as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

/**
 * What may be written down of an error: of a failed query the cause, never a value. Drizzle puts parameters into its
 * message, PostgreSQL into the detail of a violated constraint and into the message of values it cannot read (class 22).
 */
export function reason(error: unknown): string {
  const root = rootCause(error)
  const code = errorCode(error)
  if (code?.length === 5 && code.startsWith('22')) return `PostgreSQL cannot take a value (${code})`
  return root instanceof Error ? root.message : String(root)
}

/** Whether `error` says that the connection is gone, rather than that a statement failed. */
export function isConnectionLost(error: unknown): boolean {
  const code = errorCode(error)
  if (code !== undefined) return connectionLostCodes.has(code) || code.startsWith('08')
  const root = rootCause(error)
  return root instanceof Error && connectionLostMessages.test(root.message)
}

/** Whether the transaction lost against a concurrent one and the same work may succeed when run again. */
export function isConflict(error: unknown): boolean {
  const code = errorCode(error)
  return code === '40001' || code === '40P01'
}

/**
 * Whether a connection does not know yet that it may become a tenant. PostgreSQL shows others what a transaction wrote
 * a moment before it tells them to forget what they know of roles, so a tenant that was just provisioned can be found
 * and be refused: seen twice in 190 claims right after provisioning, on a busy machine.
 */
export function isRoleUnknown(error: unknown): boolean {
  const root = rootCause(error)
  return (
    errorCode(error) === '42501' && root instanceof Error && root.message.startsWith('permission denied to set role')
  )
}
