import { ApiProblem } from '@spintrack/client/problem'
import { texts } from './texts.ts'

/** What to tell of something that went wrong: the API's words, or ours where it had none. */
export function wordsOf(error: unknown): { title: string; detail: string } {
  const { problem } = texts
  if (!(error instanceof ApiProblem) || error.code === 'unexplained') {
    return { title: problem.unknownTitle, detail: problem.unknown }
  }
  return error.code === 'unreachable' ? { title: problem.unreachableTitle, detail: problem.unreachable } : error
}
