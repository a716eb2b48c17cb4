import { type DeliveryKey, deliver } from '@spintrack/domain/webhook-deliveries'
import type { TenantTask } from '../task.ts'

/** Sends an event to a webhook. What a company that is closed had to say is sent when it opens again. */
export const deliverOne: TenantTask<DeliveryKey> = {
  whenClosed: 'retry',
  run: ({ tenancy, courier }, tenant, key) => deliver(tenancy, tenant, key, courier),
}
