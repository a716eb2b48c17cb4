import type { EventType } from '@spintrack/contract/events'
import { events } from '@spintrack/database/tenant/events'
import { webhookDeliveries, webhooks } from '@spintrack/database/tenant/webhooks'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { notifyOnCommit } from '@spintrack/tenancy/notices'
import { type SQL, sql } from 'drizzle-orm'
import { newId } from './ids.ts'

/** Where it is said that a company has news. What is said is the company's id and nothing else. */
export const eventsChannel = 'company_events'

/** What a change says of itself: the spin or spinner it is about, or how many of them. */
export type News = { type: EventType; id: string; count?: never } | { type: EventType; count: number; id?: never }

/** Notes what a write did. It is told once the transaction commits, and never if it does not. */
export type Tell = (news: News) => void

/** An event that is to be sent to a webhook. */
export type Hooked = { webhookId: string; eventId: string }

/**
 * Stores what a write did, in its transaction, and has every process notified once that has committed. In a company that is
 * `hooked`, one with webhooks, it also stores to which of them each event is to go, and returns that.
 */
export async function record(
  db: TenantDb,
  { companyId, hooked }: { companyId: string; hooked: boolean },
  news: readonly News[],
): Promise<Hooked[]> {
  if (news.length === 0) return []
  const rows = news.map(({ type, id, count = 1 }) => ({ id: newId(), type, subject_id: id ?? null, count }))
  const store = sql`
    insert into ${events} (id, type, subject_id, count)
    select id, type, subject_id, count
    from json_to_recordset(${JSON.stringify(rows)}::json) news (id uuid, type text, subject_id uuid, count int)`
  const found = await db.execute<Hooked>(hooked ? storeAndHook(store) : store)
  notifyOnCommit(db, eventsChannel, companyId)
  return hooked ? found.rows : []
}

function storeAndHook(store: SQL): SQL {
  return sql`
    with told as (${store} returning id, type, subject_id, count)
    insert into ${webhookDeliveries} (webhook_id, event_id, type, subject_id, count)
    select ${webhooks.id}, told.* from told join ${webhooks} on enabled and (types is null or told.type = any(types))
    returning webhook_id as "webhookId", event_id as "eventId"`
}

/** How long events are kept. A stream can be taken up again after less: a company's turn at night has no fixed time. */
const kept = sql`interval '2 days'`

/** Deletes a company's events that nobody asks for any more. */
export async function forgetEvents(db: TenantDb): Promise<void> {
  await db.delete(events).where(sql`${events.createdAt} < now() - ${kept}`)
}
