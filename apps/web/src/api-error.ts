import type { Shape } from '@spintrack/client/shapes'
import { texts } from './texts.ts'

type Problem = Shape<'Problem'>

/** A request that did not succeed. `code` is the API's, or `unreachable` when no answer came. */
export class ApiError extends Error {
  readonly title: string
  readonly code: Problem['code'] | 'unreachable'
  readonly status: number
  readonly requestId: string | undefined
  readonly errors: NonNullable<Problem['errors']>

  constructor(problem: Partial<Problem> | undefined, status: number) {
    super(problem?.detail ?? (status ? texts.problem.unknown : texts.problem.unreachable))
    this.name = 'ApiError'
    this.title = problem?.title ?? (status ? texts.problem.unknownTitle : texts.problem.unreachableTitle)
    this.code = problem?.code ?? (status ? 'internal' : 'unreachable')
    this.status = status
    this.requestId = problem?.requestId
    this.errors = problem?.errors ?? []
  }
}
