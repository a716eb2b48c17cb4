import { Button } from '@mantine/core'
import { ApiError } from '../api-error.ts'
import { PlainPage } from '../components/plain-page.tsx'
import { RequestId } from '../components/problem.tsx'
import { texts } from '../texts.ts'

/** A page that could not be drawn at all: what happened, the request id to quote, and the one thing to try. */
export function FailurePage({ error }: { error: unknown }) {
  const problem = error instanceof ApiError ? error : null
  return (
    <PlainPage title={problem?.title ?? texts.problem.failureTitle} lead={problem?.message ?? texts.problem.failure}>
      {problem?.requestId && <RequestId id={problem.requestId} />}
      <Button onClick={() => window.location.reload()}>{texts.problem.reload}</Button>
    </PlainPage>
  )
}
