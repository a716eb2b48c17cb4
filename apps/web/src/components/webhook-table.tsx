import { Alert } from '@mantine/core'
import type { Webhook } from '../api.ts'
import { formatDate } from '../dates.ts'
import { webhookTexts as t } from '../webhook-texts.ts'
import { WebhookMenu } from './webhook-menu.tsx'

/** Webhooks, newest first, and why one was switched off by itself. */
export function WebhookTable({ webhooks }: { webhooks: Webhook[] }) {
  return (
    <table className="rows spinner-table">
      <thead>
        <tr>
          <th scope="col">{t.address}</th>
          <th scope="col" className="wide-only">
            {t.created}
          </th>
          <th scope="col">{t.state}</th>
          <th scope="col">
            <span className="sr-only">{t.deliveries}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {webhooks.map(webhook => (
          <Row key={webhook.id} webhook={webhook} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ webhook }: { webhook: Webhook }) {
  const { url, types, enabled, disabledReason, createdAt } = webhook
  return (
    <tr data-retired={!enabled}>
      <th scope="row">
        <div className="token-name">
          <strong className="webhook-url">{url}</strong>
          <small>{types ? t.someTypes(types.map(type => t.type[type])) : t.allTypes}</small>
          {disabledReason && (
            <Alert color="red" variant="light" mt={6} p="xs" title={t.switchedOffByItself}>
              {disabledReason}
            </Alert>
          )}
        </div>
      </th>
      <td className="wide-only">{formatDate(createdAt)}</td>
      <td>
        <span className="tag">{enabled ? t.on : t.off}</span>
      </td>
      <td className="row-menu">
        <WebhookMenu webhook={webhook} />
      </td>
    </tr>
  )
}
