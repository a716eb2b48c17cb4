import { retryAfterMs } from './retry-after.ts'
import type { Shape } from './shapes.ts'

type Problem = Shape<'Problem'>

/**
 * A request that did not succeed, as the API explained it (RFC 9457). `code` is stable and made to be compared; it is
 * `unreachable`, with status 0 and the reason as `cause`, when no answer came, and `unexplained` when the answer was not
 * one of the API, as that of a proxy. `retryAfter` are seconds. Quote `requestId` when you ask for help.
 */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly code: Problem['code'] | 'unreachable' | 'unexplained'
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors: NonNullable<Problem['errors']>
  readonly requestId: string | undefined
  readonly retryAfter: number | undefined

  constructor(code: ApiProblem['code'], status: number, problem: Partial<Problem> & Details = {}) {
    const title = problem.title ?? titles[code === 'unreachable' ? code : 'unexplained']
    super(problem.detail ?? `${title}.`, { cause: problem.cause })
    this.code = code
    this.status = status
    this.title = title
    this.detail = this.message
    this.errors = problem.errors ?? []
    this.requestId = problem.requestId
    this.retryAfter = problem.retryAfter
  }
}

/**
 * What a call of the client was answered with, once it succeeded: `await unwrap(client.GET('/api/v1/company'))`. Throws
 * ApiProblem otherwise, also for 304. A call that was aborted throws the reason of its signal.
 */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call.catch(refuse)
  if (!response.ok) throw problemOf(error, response)
  return data as T
}

/** What every method of the client resolves to. */
export type Answer<T> = { data?: T; error?: unknown; response: Response }

type Details = { cause?: unknown; retryAfter?: number | undefined }

const titles = { unreachable: 'No answer came from the API', unexplained: 'The answer did not come from the API' }

/** fetch rejects with a TypeError when the network fails; an answer that was cut off is a SyntaxError. */
function refuse(cause: unknown): never {
  throw cause instanceof TypeError || cause instanceof SyntaxError ? new ApiProblem('unreachable', 0, { cause }) : cause
}

function problemOf(error: unknown, response: Response): ApiProblem {
  const problem: Partial<Problem> = typeof error === 'object' && error !== null ? error : {}
  const wait = retryAfterMs(response)
  const retryAfter = wait === undefined ? undefined : Math.ceil(wait / 1000)
  return new ApiProblem(problem.code ?? 'unexplained', response.status, { ...problem, retryAfter })
}
