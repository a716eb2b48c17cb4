import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import type {
  CreateWebhook,
  Delivery,
  NewWebhook,
  UpdateWebhook,
  Webhook,
  WebhookSecret,
} from '@spintrack/contract/webhooks'
import { companies } from '@spintrack/database/public/companies'
import { webhookDeliveries, webhooks } from '@spintrack/database/tenant/webhooks'
import type { ControlTransaction, TenantDb } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Company } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'
import { deliveryJob } from './jobs.ts'
import type { Seal } from './seal.ts'
import { staleVersion } from './versions.ts'
import { faultOf, type Reach } from './webhook-addresses.ts'
import { newWebhookSecret } from './webhook-signature.ts'

type ListQuery = { limit?: number; cursor?: string }

/** The webhooks of a company, newest first, without their secrets. */
export async function listWebhooks(company: Company, { limit = limits.page.default, cursor }: ListQuery) {
  const rows = await company.read(db =>
    db
      .select()
      .from(webhooks)
      .where(cursor ? lt(webhooks.id, decodeCursor(cursor).id) : undefined)
      .orderBy(desc(webhooks.id))
      .limit(limit + 1),
  )
  return page(rows, limit, shape, row => ({ key: 0, id: row.id }))
}

/**
 * Adds a webhook, whose secret is in the answer and nowhere else but sealed. Throws `invalid_request` for an address that
 * none may have, `too_many_webhooks`.
 */
export async function createWebhook(
  tenancy: Tenancy,
  company: Company,
  { url, types = null }: CreateWebhook,
  { seal, reach }: { seal: Seal; reach: Reach },
): Promise<NewWebhook> {
  requireAddress(url, reach)
  const { sealed, ...made } = await tenancy.transaction(async (db, enter) => {
    await changeCount(db, company, 1)
    const secret = seal.close(newWebhookSecret())
    const [row] = await company.within(
      db,
      enter,
    )(inside => inside.insert(webhooks).values({ id: newId(), url, types, secret }).returning())
    return { ...shape(row as Row), sealed: secret }
  })
  return { ...made, secret: seal.open(sealed) }
}

/** One webhook. Throws `not_found`. */
export async function getWebhook(company: Company, id: string): Promise<Webhook> {
  return shape(await company.read(db => find(db, id)))
}

/**
 * Changes a webhook, if it is still at `version` when one is given. Switched on again it begins without failures. Throws
 * `not_found`, `stale_version`, `invalid_request`.
 */
export async function updateWebhook(
  company: Company,
  id: string,
  { url, types, enabled }: UpdateWebhook,
  { version, reach }: { version: number | undefined; reach: Reach },
): Promise<Webhook> {
  if (url !== undefined) requireAddress(url, reach)
  const anew = enabled && { failures: 0, failingSince: null, disabledReason: null }
  return company.write(async db => {
    const [row] = await db
      .update(webhooks)
      .set({ url, types, enabled, ...anew, updatedAt: sql`now()`, version: sql`${webhooks.version} + 1` })
      .where(and(eq(webhooks.id, id), version === undefined ? undefined : eq(webhooks.version, version)))
      .returning()
    if (row) return shape(row)
    await find(db, id)
    throw staleVersion()
  })
}

/** Takes a webhook away, and with it what it was to be sent. Throws `not_found`, `stale_version`. */
export async function deleteWebhook(tenancy: Tenancy, company: Company, id: string, version?: number): Promise<void> {
  await tenancy.transaction(async (db, enter) => {
    await changeCount(db, company, -1)
    await company.within(
      db,
      enter,
    )(async inside => {
      const { rowCount } = await inside
        .delete(webhooks)
        .where(and(eq(webhooks.id, id), version === undefined ? undefined : eq(webhooks.version, version)))
      if (rowCount) return
      await find(inside, id)
      throw staleVersion()
    })
  })
}

/** Gives a webhook another secret. For a day the one before signs as well, so that a receiver can change over. Throws `not_found`. */
export async function rotateSecret(company: Company, id: string, seal: Seal): Promise<WebhookSecret> {
  const { sealed, previousEndsAt } = await company.write(async db => {
    const secret = seal.close(newWebhookSecret())
    const [row] = await db
      .update(webhooks)
      .set({
        secret,
        previousSecret: sql`${webhooks.secret}`,
        previousEndsAt: sql`now() + make_interval(hours => ${limits.webhookSecretHours})`,
        updatedAt: sql`now()`,
        version: sql`${webhooks.version} + 1`,
      })
      .where(eq(webhooks.id, id))
      .returning({ previousEndsAt: webhooks.previousEndsAt })
    if (!row) throw noWebhook()
    return { sealed: secret, previousEndsAt: (row.previousEndsAt as Date).toISOString() }
  })
  return { secret: seal.open(sealed), previousEndsAt }
}

/** What was and is to be sent to a webhook, newest first. Throws `not_found`. */
export async function listDeliveries(company: Company, id: string, { limit = limits.page.default, cursor }: ListQuery) {
  const rows = await company.read(db =>
    db
      .select({ webhookId: webhooks.id, delivery: webhookDeliveries })
      .from(webhooks)
      .leftJoin(
        webhookDeliveries,
        and(
          eq(webhookDeliveries.webhookId, webhooks.id),
          cursor ? lt(webhookDeliveries.eventId, decodeCursor(cursor).id) : undefined,
        ),
      )
      .where(eq(webhooks.id, id))
      .orderBy(desc(webhookDeliveries.eventId))
      .limit(limit + 1),
  )
  if (rows.length === 0) throw noWebhook()
  const deliveries = rows.flatMap(({ delivery }) => delivery ?? [])
  return page(deliveries, limit, shapeDelivery, row => ({ key: 0, id: row.eventId }))
}

/** Has an event sent once more, whatever became of it before. Throws `not_found`, `webhook_disabled`. */
export async function redeliver(company: Company, id: string, eventId: string): Promise<Delivery> {
  return company.write(
    async db => {
      const { enabled } = await find(db, id)
      if (!enabled) throw new ProblemError('webhook_disabled', 'Switch the webhook on first.')
      const [row] = await db
        .update(webhookDeliveries)
        .set({ state: 'waiting', attempts: 0, nextAttemptAt: sql`now()` })
        .where(and(eq(webhookDeliveries.webhookId, id), eq(webhookDeliveries.eventId, eventId)))
        .returning()
      if (!row) throw new ProblemError('not_found', 'There is no such delivery of this webhook.')
      return shapeDelivery(row)
    },
    () => deliveryJob({ webhookId: id, eventId }),
  )
}

type Row = typeof webhooks.$inferSelect

/** Locks the company's row, so that two at once do not both take the last place. */
async function changeCount(db: ControlTransaction, { id }: Company, by: 1 | -1): Promise<void> {
  const [row] = await db
    .update(companies)
    .set({ webhooks: sql`${companies.webhooks} + ${by}` })
    .where(eq(companies.id, id))
    .returning({ webhooks: companies.webhooks })
  if ((row?.webhooks ?? 0) <= limits.webhooksPerCompany) return
  throw new ProblemError(
    'too_many_webhooks',
    `A company has at most ${limits.webhooksPerCompany} webhooks. Delete one to add another.`,
  )
}

function requireAddress(url: string, reach: Reach): void {
  const fault = faultOf(url, reach)
  if (fault === undefined) return
  throw new ProblemError('invalid_request', `/body/url ${fault}.`, { errors: [{ path: '/body/url', message: fault }] })
}

async function find(db: TenantDb, id: string): Promise<Row> {
  const [row] = await db.select().from(webhooks).where(eq(webhooks.id, id))
  return row ?? noWebhook()
}

function noWebhook(): never {
  throw new ProblemError('not_found', 'There is no such webhook in this company.')
}

function shape({ id, url, types, enabled, disabledReason, createdAt, updatedAt, version }: Row): Webhook {
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() }
  return { id, url, types, enabled, disabledReason, ...times, version }
}

function shapeDelivery(row: typeof webhookDeliveries.$inferSelect): Delivery {
  const { eventId, type, state, attempts, status, error, durationMs, createdAt, attemptedAt, nextAttemptAt } = row
  return {
    id: eventId,
    type,
    state,
    attempts,
    status,
    error,
    durationMs,
    createdAt: createdAt.toISOString(),
    attemptedAt: attemptedAt?.toISOString() ?? null,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
  }
}
