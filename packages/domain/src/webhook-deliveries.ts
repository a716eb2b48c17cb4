import { limits } from '@spintrack/contract/limits'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import { webhookDeliveries, webhooks } from '@spintrack/database/tenant/webhooks'
import type { TenantDb } from '@spintrack/tenancy/handles'
import type { Tenancy, Tenant } from '@spintrack/tenancy/tenancy'
import { and, eq, sql } from 'drizzle-orm'
import { shapeEvent } from './event-pages.ts'
import { addJob, deliveryJob } from './jobs.ts'
import type { Seal } from './seal.ts'
import type { Attempt, SendWebhook } from './webhook-request.ts'
import { signedHeaders } from './webhook-signature.ts'

/** Which event to which webhook. */
export type DeliveryKey = { webhookId: string; eventId: string }

/** What deliveries are made with. */
export type Courier = { seal: Seal; send: SendWebhook }

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** How long after a failed attempt the next one comes; after the last one nobody tries again by themselves. 18 hours in all. */
export const pauses: readonly number[] = [5 * second, minute, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour]

/** "Gone": whoever answers this wants no more (Standard Webhooks). */
const gone = 410

/**
 * Sends an event to a webhook, writes down what came of it, and when it failed sees to the next attempt. Killed on its way
 * it may be sent twice, under the same id. One that was deleted or has arrived is let be.
 */
export async function deliver(
  tenancy: Tenancy,
  tenant: Tenant,
  key: DeliveryKey,
  { seal, send }: Courier,
): Promise<void> {
  const found = await tenancy.scope(tenant, {}, db => prepare(db, key))
  if (!found) return
  const { webhook, payload } = found
  const secrets = openAll(seal, [webhook.secret, webhook.previousSecret])
  if (!secrets) {
    await tenancy.scope(tenant, {}, db => switchOff(db, key, 'Its secret can no longer be read. Make a new one.'))
    return
  }
  const headers = signedHeaders({ id: key.eventId, sentAt: new Date(), payload }, secrets)
  const attempt = await send(webhook.url, headers, payload)
  await tenancy.transaction(async (db, enter) => {
    const runAt = await enter(tenant, inside => note(inside, key, attempt))
    if (runAt) await addJob(db, tenant.name, deliveryJob({ ...key, runAt }))
  })
}

/** Deletes the deliveries that are too old to be looked at. */
export async function forgetDeliveries(db: TenantDb): Promise<void> {
  const { createdAt } = webhookDeliveries
  await db.delete(webhookDeliveries).where(sql`${createdAt} < now() - make_interval(days => ${limits.days.delivery})`)
}

/** Seals every secret anew, under the newest secret of the installation, so that an old one can be taken away. */
export async function sealAnew(db: TenantDb, seal: Seal): Promise<void> {
  const rows = await db
    .select({ id: webhooks.id, secret: webhooks.secret, previousSecret: webhooks.previousSecret })
    .from(webhooks)
    .for('update')
  for (const { id, secret, previousSecret } of rows) {
    const [now, before] = openAll(seal, [secret, previousSecret]) ?? []
    if (now === undefined) continue
    const anew = { secret: seal.close(now), previousSecret: before === undefined ? null : seal.close(before) }
    await db.update(webhooks).set(anew).where(eq(webhooks.id, id))
  }
}

/** What is to be sent, made when it is first asked for; undefined when nothing is. */
async function prepare(db: TenantDb, key: DeliveryKey) {
  const [row] = await db
    .select({
      delivery: webhookDeliveries,
      webhook: { ...secretColumns, url: webhooks.url, enabled: webhooks.enabled },
    })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(and(isDelivery(key), eq(webhookDeliveries.state, 'waiting')))
    .for('update')
  if (!row) return undefined
  const { delivery, webhook } = row
  if (!webhook.enabled) {
    const off = { state: 'failed', error: 'The webhook is switched off.', nextAttemptAt: null } as const
    await db.update(webhookDeliveries).set(off).where(isDelivery(key))
    return undefined
  }
  if (delivery.payload !== null) return { webhook, payload: delivery.payload }
  const { eventId: id, type, subjectId, count, createdAt } = delivery
  const [about] = await db
    .select({ spin: spins, spinner: spinners })
    .from(sql`(select) one`)
    .leftJoin(spins, eq(spins.id, sql`${subjectId}::uuid`))
    .leftJoin(spinners, eq(spinners.id, sql`${subjectId}::uuid`))
  const event = shapeEvent({ id, type, subjectId, count, createdAt }, about?.spin ?? null, about?.spinner ?? null)
  const payload = JSON.stringify(event)
  await db.update(webhookDeliveries).set({ payload }).where(isDelivery(key))
  return { webhook, payload }
}

const secretColumns = {
  secret: webhooks.secret,
  /** Null once its time is over. */
  previousSecret: sql<string | null>`case when ${webhooks.previousEndsAt} > now() then ${webhooks.previousSecret} end`,
}

/** Writes down what an attempt came to; returns when to try again, if at all. */
async function note(db: TenantDb, key: DeliveryKey, { status, error, durationMs }: Attempt): Promise<Date | undefined> {
  const [row] = await db
    .select({ attempts: webhookDeliveries.attempts, state: webhookDeliveries.state })
    .from(webhookDeliveries)
    .where(isDelivery(key))
    .for('update')
  // Deleted meanwhile, or sent by another worker.
  if (row?.state !== 'waiting') return undefined
  const pause = error === null || status === gone ? undefined : pauses[row.attempts]
  const nextAttemptAt = pause === undefined ? null : new Date(Date.now() + pause * (1 + Math.random() / 10))
  await db
    .update(webhookDeliveries)
    .set({
      state: error === null ? 'done' : nextAttemptAt ? 'waiting' : 'failed',
      attempts: row.attempts + 1,
      status,
      error,
      durationMs,
      attemptedAt: sql`now()`,
      nextAttemptAt,
    })
    .where(isDelivery(key))
  if (error === null) {
    await db
      .update(webhooks)
      .set({ failures: 0, failingSince: null })
      .where(and(eq(webhooks.id, key.webhookId), sql`${webhooks.failures} > 0`))
    return undefined
  }
  await noteFailure(db, key, status === gone ? 'It answered 410: it wants no more events.' : undefined, error)
  return nextAttemptAt ?? undefined
}

/** Counts a failure of a webhook, and switches it off when there were too many, or at once for a `reason`. */
async function noteFailure(db: TenantDb, key: DeliveryKey, reason: string | undefined, error: string): Promise<void> {
  const { inARow, days } = limits.webhookFailures
  const [webhook] = await db
    .update(webhooks)
    .set({ failures: sql`${webhooks.failures} + 1`, failingSince: sql`coalesce(${webhooks.failingSince}, now())` })
    .where(eq(webhooks.id, key.webhookId))
    .returning({
      failures: webhooks.failures,
      failingSince: webhooks.failingSince,
      tooLong: sql<boolean>`${webhooks.failingSince} < now() - make_interval(days => ${days})`,
    })
  if (!webhook) return
  const { failures, failingSince, tooLong } = webhook
  if (reason !== undefined) await switchOff(db, key, reason)
  else if (failures >= inARow || tooLong)
    await switchOff(
      db,
      key,
      `Nothing has arrived since ${minuteOf(failingSince)}, in ${failures} attempts. The last one: ${error}`,
    )
}

/** For people, wherever they are. */
function minuteOf(time: Date | null): string {
  return `${time?.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

async function switchOff(db: TenantDb, { webhookId }: DeliveryKey, disabledReason: string): Promise<void> {
  await db
    .update(webhooks)
    .set({ enabled: false, disabledReason, updatedAt: sql`now()`, version: sql`${webhooks.version} + 1` })
    .where(and(eq(webhooks.id, webhookId), eq(webhooks.enabled, true)))
}

function isDelivery({ webhookId, eventId }: DeliveryKey) {
  return and(eq(webhookDeliveries.webhookId, webhookId), eq(webhookDeliveries.eventId, eventId))
}

/** What was sealed, without what was not there; undefined when one cannot be opened any more. */
function openAll(seal: Seal, sealed: (string | null)[]): string[] | undefined {
  try {
    return sealed.flatMap(one => (one === null ? [] : seal.open(one)))
  } catch {
    return undefined
  }
}
