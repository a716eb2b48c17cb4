import { Button } from '@mantine/core'
import { ApiProblem } from '@spintrack/client/problem'
import { useMutation } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { accountTexts as t } from '../account-texts.ts'
import { api } from '../api.ts'
import { PlainPage } from '../components/plain-page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { paths } from '../paths.ts'
import { refreshSession } from '../session.ts'
import { texts } from '../texts.ts'

/** What the link of a mail leads to. A press is asked for, since programs that look for viruses open links too. */
export function VerifyPage() {
  const { token } = useParams({ from: '/verify/$token' })
  const confirming = useMutation({ mutationFn: () => api.confirmByLink(token), onSuccess: () => refreshSession() })
  const { error } = confirming
  if (error instanceof ApiProblem && error.code === 'token_invalid') {
    return (
      <PlainPage title={t.linkInvalidTitle} lead={t.linkInvalid}>
        <p>
          <Link {...paths.logIn()}>{texts.account.logIn}</Link>
        </p>
      </PlainPage>
    )
  }
  if (confirming.isSuccess) {
    return (
      <PlainPage title={t.verifiedTitle} lead={t.verifiedLead}>
        <Button renderRoot={props => <Link {...props} {...paths.logIn()} />}>{texts.account.logIn}</Button>
      </PlainPage>
    )
  }
  return (
    <PlainPage title={t.verifyTitle} lead={t.verifyLead}>
      <ProblemAlert error={error} />
      <Button loading={confirming.isPending} onClick={() => confirming.mutate()}>
        {t.confirm}
      </Button>
    </PlainPage>
  )
}
