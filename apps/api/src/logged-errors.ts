import { errorCode, reason, rootCause } from '@spintrack/tenancy/errors'

/** What is logged of an error. */
export function loggedError(error: Error): { type: string; message: string; stack: string; code: string | undefined } {
  const root = rootCause(error)
  const type = root instanceof Error ? root.name : typeof root
  return { type, message: reason(error), stack: frames(error), code: errorCode(error) }
}

/** Where it happened, without the message that a stack begins with. */
function frames({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter(line => /^\s+at /.test(line))
    .join('\n')
}
