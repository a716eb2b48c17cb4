import { Button } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { api, type CompanySummary } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { formatDate } from '../dates.ts'
import { UserMenu } from '../drawers.tsx'
import { notifySaved } from '../notices.tsx'
import { companyQuery } from '../queries.ts'
import { queryClient } from '../query-client.ts'
import { refreshSession } from '../session.ts'
import { CompanyList } from './company-list.tsx'
import { PlainPage } from './plain-page.tsx'
import { ProblemAlert } from './problem.tsx'

const t = companyTexts.shut

type Props = { slug: string; company: CompanySummary | undefined; others: CompanySummary[] }

/** Says plainly why the company at an address cannot be opened, and where else one can go. */
export function ShutCompany({ slug, company, others }: Props) {
  if (!company) return <Shut title={t.lostTitle} lead={t.lost(slug)} others={others} />
  if (company.state === 'archived') return <ArchivedCompany company={company} others={others} />
  const lead = company.state === 'suspended' ? t.suspended : t.purging
  return <Shut title={t.title(company.name)} lead={lead} others={others} />
}

/** Closed for now, or on the way out: until its date, an owner can bring it back. */
function ArchivedCompany({ company, others }: { company: CompanySummary; others: CompanySummary[] }) {
  // What is known from when it was open says nothing of its deletion.
  const { data, error, isFetching, refetch } = useQuery({ ...companyQuery(company), staleTime: 0 })
  const opened = data?.state === 'ready' && !isFetching
  useEffect(() => {
    if (opened) void refreshSession()
  }, [opened])
  const undoing = useMutation({
    mutationFn: () => api.undoDeletion(company.slug),
    onSuccess: async () => {
      await refreshSession()
      await queryClient.invalidateQueries({ queryKey: [company.id] })
      notifySaved(t.undone(company.name))
    },
  })
  if (error) {
    return (
      <Shut title={t.title(company.name)} others={others}>
        <ProblemAlert error={error} retry={refetch} />
      </Shut>
    )
  }
  if (data?.state !== 'archived') return null
  if (!data.deleteAfter) return <Shut title={t.title(company.name)} lead={t.archived} others={others} />
  const mayUndo = allows(company.role, 'company.delete')
  return (
    <Shut
      title={t.deletedTitle(company.name)}
      lead={`${t.deleted(formatDate(data.deleteAfter))} ${mayUndo ? t.deletedOwner : t.deletedOthers}`}
      others={others}
    >
      <ProblemAlert error={undoing.error} />
      {mayUndo && (
        <Button loading={undoing.isPending} onClick={() => undoing.mutate()}>
          {t.undo}
        </Button>
      )}
    </Shut>
  )
}

type ShutProps = { title: string; lead?: string; others: CompanySummary[]; children?: ReactNode }

function Shut({ title, lead, others, children }: ShutProps) {
  return (
    <PlainPage title={title} lead={lead} aside={<UserMenu />}>
      {children}
      {others.length > 0 && (
        <>
          <h2>{t.others}</h2>
          <CompanyList companies={others} />
        </>
      )}
    </PlainPage>
  )
}
