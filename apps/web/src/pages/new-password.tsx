import { ApiProblem } from '@spintrack/client/problem'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { accountTexts as t } from '../account-texts.ts'
import { PlainPage } from '../components/plain-page.tsx'
import { NewPasswordForm } from '../forms/new-password.tsx'
import { notifySaved } from '../notices.tsx'
import { paths } from '../paths.ts'
import { queryClient } from '../query-client.ts'

export function NewPasswordPage() {
  const { token } = useParams({ from: '/reset/$token' })
  const navigate = useNavigate()
  const [error, setError] = useState<unknown>(null)
  if (error instanceof ApiProblem && error.code === 'token_invalid') {
    return (
      <PlainPage title={t.linkInvalidTitle} lead={t.linkInvalid}>
        <p>
          <Link {...paths.reset()}>{t.again}</Link>
        </p>
      </PlainPage>
    )
  }
  return (
    <PlainPage title={t.newTitle} lead={t.newLead}>
      <NewPasswordForm
        token={token}
        onRefused={setError}
        onDone={() => {
          notifySaved(t.resetDone)
          // Whoever was logged in here is no longer.
          queryClient.clear()
          void navigate(paths.logIn())
        }}
      />
    </PlainPage>
  )
}
