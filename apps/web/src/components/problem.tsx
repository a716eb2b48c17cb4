import { Button, CopyButton } from '@mantine/core'
import { ApiProblem } from '@spintrack/client/problem'
import { wordsOf } from '../problem-words.ts'
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
  const problem = error instanceof ApiProblem ? error : undefined
  const words = wordsOf(error)
  const detail = problem?.code === 'stale_version' ? texts.problem.stale : words.detail
  return (
    <>
      <strong>{words.title}</strong>
      {/* Where there is nothing to add, the detail says the title again. */}
      {detail !== `${words.title}.` && <p>{detail}</p>}
      {problem?.requestId && <RequestId id={problem.requestId} />}
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
