import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Empty } from '../components/empty.tsx'
import { KeptMail } from '../components/kept-mail.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { formatAgo } from '../dates.ts'
import { mailTexts as t } from '../mail-texts.ts'
import { outboxQuery } from '../outbox.ts'
import { paths } from '../paths.ts'

/** What an installation without a mail server wrote to people, for whoever tries it. */
export function MailPage() {
  const { id } = useSearch({ from: '/mail' })
  const { data: mail, error, refetch } = useQuery(outboxQuery)
  if (mail === null) return <PlainPage title={t.absentTitle} lead={t.absent} />
  if (id) return <KeptMail id={id} />
  return (
    <PlainPage title={t.title} lead={t.lead} wide>
      <ProblemAlert error={error} retry={refetch} />
      {!mail && !error && <Skeleton height={160} />}
      {mail?.length === 0 && <Empty title={t.emptyTitle}>{t.empty}</Empty>}
      {mail && mail.length > 0 && (
        <ul className="company-list">
          {mail.map(({ id, subject, recipient, createdAt }) => (
            <li key={id}>
              <Link {...paths.mail(id)} className="company-row">
                <span className="company-lines">
                  <strong>{subject}</strong>
                  <small>
                    {t.to(recipient)} · {formatAgo(createdAt)}
                  </small>
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </PlainPage>
  )
}
