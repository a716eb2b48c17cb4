import { errorCode, rootCause } from '@spintrack/tenancy/errors'

/**
 * What is logged of an error: of a failed query the cause, never a parameter. Drizzle puts them into its message,
 * PostgreSQL into the detail of a violated constraint and into the message of values it cannot read (class 22).
 */
export function loggedError(error: Error): { type: string; message: string; stack: string; code: string | undefined } {
  const root = rootCause(error)
  const { name, message } = root instanceof Error ? root : { name: typeof root, message: String(root) }
  const code = errorCode(error)
  const value = code?.length === 5 && code.startsWith('22')
  return { type: name, message: value ? 'PostgreSQL cannot take a value.' : message, stack: frames(error), code }
}

/** Where it happened, without the message that a stack begins with. */
function frames({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter(line => /^\s+at /.test(line))
    .join('\n')
}
