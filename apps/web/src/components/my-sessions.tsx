import { Button, Skeleton } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { accountTexts as t } from '../account-texts.ts'
import { api, type MySession } from '../api.ts'
import { browserName } from '../browser-names.ts'
import { formatAgo, formatMoment } from '../dates.ts'
import { mySessionsQuery, refreshMySessions } from '../my-sessions.ts'
import { notifyProblem, notifySaved } from '../notices.tsx'
import { ProblemAlert } from './problem.tsx'

/** Where the person is logged in, to end what they do not know. */
export function MySessions() {
  const { data: rows, error, refetch } = useQuery(mySessionsQuery)
  const ending = useMutation({
    mutationFn: api.endOtherSessions,
    onSuccess: () => {
      notifySaved(t.othersEnded)
      return refreshMySessions()
    },
    onError: error => notifyProblem(error),
  })
  return (
    <>
      <ProblemAlert error={error} retry={refetch} />
      {!rows && !error && <Skeleton height={96} />}
      <ul className="setting-rows">
        {rows?.map(row => (
          <Row key={row.id} row={row} />
        ))}
      </ul>
      {rows && rows.length > 1 && (
        <div>
          <Button variant="default" loading={ending.isPending} onClick={() => ending.mutate()}>
            {t.endOthers}
          </Button>
        </div>
      )}
    </>
  )
}

function Row({ row: { id, browser, address, current, createdAt, lastSeenAt } }: { row: MySession }) {
  const name = browserName(browser) ?? t.unknownBrowser
  const ending = useMutation({
    mutationFn: () => api.endMySession(id),
    onSuccess: () => {
      notifySaved(t.ended(name))
      return refreshMySessions()
    },
    onError: error => notifyProblem(error),
  })
  return (
    <li>
      <span className="setting-row">
        <span>
          <strong>{name}</strong> {current && <span className="tag">{t.thisOne}</span>}
        </span>
        <small>{t.sessionFacts(address ?? t.unknownAddress, formatMoment(createdAt), formatAgo(lastSeenAt))}</small>
      </span>
      {!current && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={t.endName(name, formatMoment(createdAt))}
          loading={ending.isPending}
          onClick={() => ending.mutate()}
        >
          {t.end}
        </Button>
      )}
    </li>
  )
}
