import { Button } from '@mantine/core'
import { ApiError } from '../api-error.ts'
import { Page } from '../components/page.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { RequestId } from '../components/problem.tsx'
import { texts } from '../texts.ts'

/** A page that could not be drawn at all: what happened, the request id to quote, and the one thing to try. */
export function FailurePage({ error }: { error: unknown }) {
  const { title, lead } = said(error)
  return (
    <PlainPage title={title} lead={lead}>
      <WhatToDo error={error} />
    </PlainPage>
  )
}

/** The same inside a company, where the way to the other pages stays. */
export function PageFailure({ error }: { error: unknown }) {
  const { title, lead } = said(error)
  return (
    <Page title={title}>
      <p className="lead">{lead}</p>
      <WhatToDo error={error} />
    </Page>
  )
}

function WhatToDo({ error }: { error: unknown }) {
  return (
    <>
      {error instanceof ApiError && error.requestId && <RequestId id={error.requestId} />}
      <div>
        <Button mt="md" onClick={() => window.location.reload()}>
          {texts.problem.reload}
        </Button>
      </div>
    </>
  )
}

function said(error: unknown): { title: string; lead: string } {
  if (error instanceof ApiError) return { title: error.title, lead: error.message }
  return { title: texts.problem.failureTitle, lead: texts.problem.failure }
}
