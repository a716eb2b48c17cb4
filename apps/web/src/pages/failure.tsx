import { Button } from '@mantine/core'
import { ApiProblem } from '@spintrack/client/problem'
import { Page } from '../components/page.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { RequestId } from '../components/problem.tsx'
import { wordsOf } from '../problem-words.ts'
import { texts } from '../texts.ts'

/** A page that could not be drawn at all: what happened, the request id to quote, and the one thing to try. */
export function FailurePage({ error }: { error: unknown }) {
  const { title, detail } = said(error)
  return (
    <PlainPage title={title} lead={detail}>
      <WhatToDo error={error} />
    </PlainPage>
  )
}

/** The same inside a company, where the way to the other pages stays. */
export function PageFailure({ error }: { error: unknown }) {
  const { title, detail } = said(error)
  return (
    <Page title={title}>
      <p className="lead">{detail}</p>
      <WhatToDo error={error} />
    </Page>
  )
}

function WhatToDo({ error }: { error: unknown }) {
  return (
    <>
      {error instanceof ApiProblem && error.requestId && <RequestId id={error.requestId} />}
      <div>
        <Button mt="md" onClick={() => window.location.reload()}>
          {texts.problem.reload}
        </Button>
      </div>
    </>
  )
}

function said(error: unknown): { title: string; detail: string } {
  if (error instanceof ApiProblem) return wordsOf(error)
  return { title: texts.problem.failureTitle, detail: texts.problem.failure }
}
