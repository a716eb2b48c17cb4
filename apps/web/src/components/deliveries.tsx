import { ActionIcon, Drawer, Skeleton } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { api, type Delivery, type Webhook } from '../api.ts'
import { formatMoment } from '../dates.ts'
import { notifyProblem, notifySaved } from '../notices.tsx'
import { useCompany } from '../session.ts'
import { webhookTexts as t } from '../webhook-texts.ts'
import { deliveriesQuery, refreshWebhooks } from '../webhooks.ts'
import { LoadMore } from './load-more.tsx'
import { ProblemAlert } from './problem.tsx'

/** What was and is to be sent to a webhook, and what became of it. */
export function Deliveries({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const company = useCompany()
  const deliveries = useInfiniteQuery(deliveriesQuery(company, webhook.id))
  const rows = deliveries.data?.pages.flatMap(page => page.items)
  const resend = async ({ id }: Delivery) => {
    try {
      await api.redeliver(company.slug, webhook.id, { deliveryId: id })
      notifySaved(t.resent)
    } catch (error) {
      notifyProblem(error)
    }
    await refreshWebhooks(company)
  }
  return (
    <Drawer opened onClose={onClose} title={t.deliveries} size={560}>
      <p className="hint webhook-url">{webhook.url}</p>
      <ProblemAlert error={deliveries.error} retry={deliveries.refetch} />
      {!rows && deliveries.isPending && <Skeleton height={160} />}
      {rows?.length === 0 && <p className="setting-none">{t.noDeliveries}</p>}
      {rows && rows.length > 0 && (
        <ul className="setting-rows">
          {rows.map(row => (
            <Row key={row.id} row={row} onResend={webhook.enabled ? () => resend(row) : undefined} />
          ))}
        </ul>
      )}
      <LoadMore query={deliveries} />
    </Drawer>
  )
}

function Row({ row, onResend }: { row: Delivery; onResend: (() => void) | undefined }) {
  const { type, state, attempts, status, error, durationMs, createdAt, nextAttemptAt } = row
  const when = formatMoment(createdAt)
  const facts = [
    when,
    error ?? (status !== null && durationMs !== null && t.answered(status, durationMs)),
    attempts > 1 && t.attempts(attempts),
    state === 'waiting' && attempts > 0 && nextAttemptAt && t.again(formatMoment(nextAttemptAt)),
  ]
  return (
    <li>
      <div className="setting-row">
        <span>
          <strong>{t.type[type]}</strong>{' '}
          <span className="tag" data-state={state}>
            {t.states[state]}
          </span>
        </span>
        <small>{facts.filter(Boolean).join(' · ')}</small>
      </div>
      {onResend && state !== 'waiting' && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t.resendName(t.type[type], when)}
          onClick={onResend}
        >
          <IconRefresh size={18} />
        </ActionIcon>
      )}
    </li>
  )
}
