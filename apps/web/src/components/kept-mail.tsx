import { Skeleton } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { formatMoment } from '../dates.ts'
import { mailTexts as t } from '../mail-texts.ts'
import { outboxHtmlAddress, outboxMailQuery } from '../outbox.ts'
import { paths } from '../paths.ts'
import { PlainPage } from './plain-page.tsx'
import { ProblemAlert } from './problem.tsx'
import { Segments } from './segments.tsx'

const forms = (['html', 'text'] as const).map(value => ({ value, label: t.forms[value] }))

/** One mail, in both of its forms. */
export function KeptMail({ id }: { id: string }) {
  const { data: mail, error, refetch } = useQuery(outboxMailQuery(id))
  const [form, setForm] = useState<keyof typeof t.forms>('html')
  if (mail === null) return <PlainPage title={t.absentTitle} lead={<Back />} />
  return (
    <PlainPage
      title={mail?.subject ?? t.title}
      lead={mail && `${t.to(mail.recipient)} · ${formatMoment(mail.createdAt)}`}
      wide
    >
      <Back />
      <ProblemAlert error={error} retry={refetch} />
      {!mail && !error && <Skeleton height={360} />}
      {mail && (
        <>
          <Segments label={t.form} value={form} options={forms} onChange={setForm} />
          {form === 'html' ? (
            <iframe className="mail-frame" title={mail.subject} src={outboxHtmlAddress(id)} />
          ) : (
            <pre className="mail-text">{mail.text}</pre>
          )}
        </>
      )}
    </PlainPage>
  )
}

function Back() {
  return (
    <Link {...paths.mail()} className="back">
      <IconArrowLeft size={16} aria-hidden="true" />
      {t.back}
    </Link>
  )
}
