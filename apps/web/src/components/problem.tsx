import { Button, CopyButton } from '@mantine/core'
import { ApiError } from '../api-error.ts'
import { texts } from '../texts.ts'

/** What went wrong, what to do next, and the request id to quote. */
export function ProblemAlert({ error, retry }: { error: unknown; retry?: () => void }) {
  if (!error) return null
  return (
    <div role="alert" className="problem">
      <ProblemText error={error} />
      {retry && (
        <Button variant="default" size="xs" mt="sm" onClick={retry}>
          {texts.tryAgain}
        </Button>
      )}
    </div>
  )
}

export function ProblemText({ error }: { error: unknown }) {
  const problem = error instanceof ApiError ? error : new ApiError(undefined, 500)
  const detail = problem.code === 'stale_version' ? texts.problem.stale : problem.message
  return (
    <>
      <strong>{problem.title}</strong>
      {/* Where there is nothing to add, the detail says the title again. */}
      {detail !== `${problem.title}.` && <p>{detail}</p>}
      {problem.requestId && <RequestId id={problem.requestId} />}
    </>
  )
}

export function RequestId({ id }: { id: string }) {
  return (
    <p className="request-id">
      <span>{texts.problem.requestId}</span>
      <code>{id}</code>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <button type="button" className="link" onClick={copy}>
            {copied ? texts.problem.copied : texts.problem.copy}
          </button>
        )}
      </CopyButton>
    </p>
  )
}
