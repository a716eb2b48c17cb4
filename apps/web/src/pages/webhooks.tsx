import { Button, Skeleton } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Empty } from '../components/empty.tsx'
import { LoadMore } from '../components/load-more.tsx'
import { Page } from '../components/page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { WebhookTable } from '../components/webhook-table.tsx'
import { WebhookForm, WebhookSecretShown } from '../drawers.tsx'
import { useCompany } from '../session.ts'
import { webhookTexts as t } from '../webhook-texts.ts'
import { refreshWebhooks, webhooksQuery } from '../webhooks.ts'

export function WebhooksPage() {
  const company = useCompany()
  if (allows(company.role, 'webhooks.read')) return <Webhooks />
  return (
    <Page title={t.title} company={company.name}>
      <Empty title={t.forbiddenTitle}>{t.forbidden}</Empty>
    </Page>
  )
}

/** The addresses outside that are told what happens here. */
function Webhooks() {
  const company = useCompany()
  const webhooks = useInfiniteQuery(webhooksQuery(company))
  const [open, setOpen] = useState<'form' | { secret: string } | null>(null)
  const rows = webhooks.data?.pages.flatMap(page => page.items)
  const none = rows?.length === 0
  const close = () => setOpen(null)
  const make = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setOpen('form')}>
      {t.make}
    </Button>
  )
  return (
    <Page title={t.title} company={company.name} facts={t.lead(company.name)} actions={!none && make}>
      <ProblemAlert error={webhooks.error} retry={webhooks.refetch} />
      {!rows && webhooks.isPending && <Skeleton height={200} />}
      {rows && !none && (
        <div className="surface">
          <WebhookTable webhooks={rows} />
        </div>
      )}
      {none && (
        <Empty title={t.emptyTitle} action={make}>
          {t.empty}
        </Empty>
      )}
      <LoadMore query={webhooks} />
      {open === 'form' && (
        <WebhookForm
          onClose={close}
          onDone={made => {
            setOpen('secret' in made ? made : null)
            void refreshWebhooks(company)
          }}
        />
      )}
      {open && open !== 'form' && <WebhookSecretShown made={open} onClose={close} />}
    </Page>
  )
}
