import { Button } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { formatDate } from '../dates.ts'
import { Confirm } from '../drawers.tsx'
import { notifyProblem, notifySaved } from '../notices.tsx'
import { queryClient } from '../query-client.ts'
import { useCompany } from '../session.ts'

const t = companyTexts.demo

/** Says on every page of a demo that it goes, and lets its owner begin it anew or keep it. */
export function DemoBanner({ expiresAt }: { expiresAt: string }) {
  const company = useCompany()
  const [asking, setAsking] = useState(false)
  const readAgain = () => queryClient.invalidateQueries({ queryKey: [company.id] })
  const keeping = useMutation({
    mutationFn: () => api.keepDemo(company.slug),
    onSuccess: () => {
      notifySaved(t.kept(company.name))
      return readAgain()
    },
    onError: error => notifyProblem(error),
  })
  const reset = async () => {
    await api.resetDemo(company.slug)
    notifySaved(t.resetDone)
    await readAgain()
  }
  return (
    <aside className="demo-banner">
      <p>{t.banner(formatDate(expiresAt))}</p>
      {allows(company.role, 'demo.write') && (
        <>
          <Button variant="default" size="compact-sm" onClick={() => setAsking(true)}>
            {t.reset}
          </Button>
          <Button size="compact-sm" loading={keeping.isPending} onClick={() => keeping.mutate()}>
            {t.keep}
          </Button>
        </>
      )}
      {asking && (
        <Confirm
          title={t.resetTitle}
          text={t.resetText}
          action={t.reset}
          run={reset}
          onClose={() => setAsking(false)}
        />
      )}
    </aside>
  )
}
