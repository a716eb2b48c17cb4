import { limits } from '@spintrack/contract/limits'
import type { Delivery, NewWebhook, Webhook, WebhookSecret } from '@spintrack/contract/webhooks'
import { tenantVersion } from '@spintrack/database/blueprint'
import t from 'tap'
import { addSpin, addSpinner, type Founder, startApi, word } from './support/api.ts'
import type { Page } from './support/pages.ts'

const api = await startApi(t, { connections: 4 })
const url = 'https://example.com/hook'

t.test('a webhook shows its secret once, and is changed and deleted like everything else', async t => {
  const ada = await api.founder()
  const { body: made, headers } = await ada.post<NewWebhook>('/webhooks', { url, types: ['spin.created'] }).expect(201)
  t.match(made, { url, types: ['spin.created'], enabled: true, disabledReason: null, version: 1, secret: /^whsec_/ })
  t.equal(headers.location, `/api/v1/webhooks/${made.id}`)
  const { secret, ...shown } = made
  const { body: found, headers: etags } = await ada.get<Webhook>(`/webhooks/${made.id}`).expect(200)
  t.strictSame(found, shown)
  t.strictSame((await ada.get<Page<Webhook>>('/webhooks')).body.items, [shown])

  const stale = { 'if-match': '"9"' }
  await ada.patch(`/webhooks/${made.id}`, { enabled: false }, stale).expect('stale_version')
  await ada.delete(`/webhooks/${made.id}`, stale).expect('stale_version')
  const changes = { url: `${url}2`, types: null, enabled: false }
  const { body: changed } = await ada
    .patch<Webhook>(`/webhooks/${made.id}`, changes, { 'if-match': String(etags.etag) })
    .expect(200)
  t.match(changed, { ...changes, version: 2 })
  await ada.delete(`/webhooks/${made.id}`).expect(204)
  await ada.get(`/webhooks/${made.id}`).expect('not_found')
  for (const path of ['', '/deliveries']) await ada.get(`/webhooks/${made.id}${path}`).expect('not_found')
  await ada.post(`/webhooks/${made.id}/secret`, undefined).expect('not_found')
})

t.test('a secret is nowhere but in its answer, which its key gives again', async t => {
  const ada = await api.founder()
  const key = { 'idempotency-key': 'hook' }
  const first = await ada.post<NewWebhook>('/webhooks', { url }, key).expect(201)
  const again = await ada.post<NewWebhook>('/webhooks', { url }, key).expect(201)
  t.strictSame(again.body, first.body)
  t.equal(again.headers['idempotency-replayed'], 'true')
  t.equal((await ada.get<Page<Webhook>>('/webhooks')).body.items.length, 1)

  const path = `/webhooks/${first.body.id}/secret`
  const rotated = await ada.post<WebhookSecret>(path, undefined, { 'idempotency-key': 'other' }).expect(201)
  t.not(rotated.body.secret, first.body.secret)
  t.strictSame((await ada.post(path, undefined, { 'idempotency-key': 'other' }).expect(201)).body, rotated.body)

  const tenant = await homeOf(ada)
  for (const table of [`"${tenant}".webhooks`, `"${tenant}".idempotency_keys`]) {
    const rows = await api.sql<{ row: string }>(`select x::text as row from ${table} x`)
    t.ok(rows.length > 0, table)
    for (const { row } of rows) {
      for (const { secret } of [first.body, rotated.body]) t.notMatch(row, secret.slice('whsec_'.length))
    }
  }
})

t.test('an address that no webhook may have is refused, when it is made and when it is changed', async t => {
  const ada = await api.founder()
  const { body: made } = await ada.post<NewWebhook>('/webhooks', { url }).expect(201)
  for (const bad of [
    'http://example.com',
    'https://127.0.0.1',
    'https://[::ffff:10.0.0.1]',
    'https://a:b@example.com',
    'x',
  ]) {
    for (const answer of [
      await ada.post('/webhooks', { url: bad }),
      await ada.patch(`/webhooks/${made.id}`, { url: bad }),
    ]) {
      t.equal(answer.code, 'invalid_request', bad)
      t.match(answer.errors, [{ path: '/body/url' }])
    }
  }
  for (const body of [
    { url, types: [] },
    { url, types: ['spin.gone'] },
    { url, types: ['spin.created', 'spin.created'] },
  ])
    await ada.post('/webhooks', body).expect('invalid_request')
  t.equal((await ada.get<Page<Webhook>>('/webhooks')).body.items.length, 1)
})

t.test('a company has so many webhooks and no more, also when two are added at once', async t => {
  const ada = await api.founder()
  for (let count = 1; count < limits.webhooksPerCompany; count++) await ada.post('/webhooks', { url }).expect(201)
  const answers = await Promise.all([0, 1, 2, 3].map(() => ada.post<NewWebhook>('/webhooks', { url })))
  t.strictSame(answers.map(({ status, code }) => code ?? status).sort(), [
    201,
    'too_many_webhooks',
    'too_many_webhooks',
    'too_many_webhooks',
  ])
  const { items } = (await ada.get<Page<Webhook>>('/webhooks')).body
  t.equal(items.length, limits.webhooksPerCompany)
  await ada.delete(`/webhooks/${items[0]?.id}`).expect(204)
  await ada.post('/webhooks', { url }).expect(201)
})

t.test('a change is on its way to each webhook that wants it, with its job, in one transaction', async t => {
  const ada = await api.founder()
  const { body: every } = await ada.post<NewWebhook>('/webhooks', { url }).expect(201)
  const { body: few } = await ada.post<NewWebhook>('/webhooks', { url, types: ['spin.created'] }).expect(201)
  const { body: off } = await ada.post<NewWebhook>('/webhooks', { url }).expect(201)
  await ada.patch(`/webhooks/${off.id}`, { enabled: false }).expect(200)
  const spinner = await addSpinner(ada)
  await addSpin(ada, spinner)
  // The same request sent twice is one change.
  const body = { spinnerId: spinner.id, durationMs: 9 }
  for (let sent = 0; sent < 2; sent++) await ada.post('/spins', body, { 'idempotency-key': 'once' }).expect(201)
  const types = async ({ id }: Webhook) =>
    (await ada.get<Page<Delivery>>(`/webhooks/${id}/deliveries`).expect(200)).body.items.map(({ type }) => type)
  t.strictSame(await types(every), ['spin.created', 'spin.created', 'spinner.created'])
  t.strictSame(await types(few), ['spin.created', 'spin.created'])
  t.strictSame(await types(off), [])
  const jobs = await api.sql<{ payload: object }>(
    `select payload from graphile_worker._private_jobs where payload ->> 'tenant' = $1`,
    [await homeOf(ada)],
  )
  t.equal(jobs.length, 5)
  for (const { payload } of jobs) t.strictSame(Object.keys(payload).sort(), ['eventId', 'tenant', 'webhookId'])
})

t.test('a copy into a company with webhooks is on its way as well', async t => {
  const ada = await api.founder()
  const there = await ada.post<Founder['company']>('/companies', { name: word('There') }).expect(201)
  const other = ada.tab({ 'x-company': there.body.id })
  const { body: hook } = await other.post<NewWebhook>('/webhooks', { url }).expect(201)
  const here = ada.tab({ 'x-company': ada.company.id })
  const spinner = await addSpinner(here)
  await here.post('/copies', { toCompanyId: there.body.id, spinnerIds: [spinner.id] }).expect(201)
  const { items } = (await other.get<Page<Delivery>>(`/webhooks/${hook.id}/deliveries`).expect(200)).body
  t.match(items, [{ type: 'spinners.created', state: 'waiting', attempts: 0 }])
})

t.test('a batch and a file into a company with webhooks are on their way as one event each', async t => {
  const ada = await api.founder()
  const { body: hook } = await ada.post<NewWebhook>('/webhooks', { url }).expect(201)
  const spinner = await addSpinner(ada)
  const items = [1, 2, 3].map(durationMs => ({ spinnerId: spinner.id, durationMs }))
  await ada.post('/spins/batch', { items }).expect(201)
  const file = items.map(item => JSON.stringify(item)).join('\n')
  const key = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'file', 'sec-fetch-site': 'none' }
  for (let sent = 0; sent < 2; sent++) await ada.post('/spins/import', file, key).expect(200)
  const deliveries = await ada.get<Page<Delivery>>(`/webhooks/${hook.id}/deliveries`).expect(200)
  t.strictSame(
    deliveries.body.items.map(({ type }) => type),
    ['spins.created', 'spins.created', 'spinner.created'],
  )
  const jobs = await api.sql(`select from graphile_worker._private_jobs where payload ->> 'tenant' = $1`, [
    await homeOf(ada),
  ])
  t.equal(jobs.length, 3)
})

t.test('deliveries come in pages, newest first, and one can be had sent again', async t => {
  const ada = await api.founder()
  const { body: hook } = await ada.post<NewWebhook>('/webhooks', { url }).expect(201)
  for (let count = 0; count < 5; count++) await addSpinner(ada)
  const path = `/webhooks/${hook.id}/deliveries`
  const all = (await ada.get<Page<Delivery>>(path)).body.items
  const paged: Delivery[] = []
  let next: string | null = ''
  while (next !== null) {
    const { body }: { body: Page<Delivery> } = await ada.get<Page<Delivery>>(
      `${path}?limit=2${next && `&cursor=${next}`}`,
    )
    paged.push(...body.items)
    next = body.nextCursor
  }
  t.strictSame(paged, all)
  t.equal(all.length, 5)

  const tenant = await homeOf(ada)
  await api.sql(`update "${tenant}".webhook_deliveries set state = 'failed', attempts = 8, status = 500`)
  await api.sql(`delete from graphile_worker._private_jobs`)
  const again = { deliveryId: all[2]?.id }
  const { body } = await ada.post<Delivery>(`/webhooks/${hook.id}/redeliveries`, again).expect(202)
  t.match(body, { id: again.deliveryId, state: 'waiting', attempts: 0 })
  t.equal((await api.sql(`select from graphile_worker._private_jobs`)).length, 1)
  await ada.patch(`/webhooks/${hook.id}`, { enabled: false }).expect(200)
  await ada.post(`/webhooks/${hook.id}/redeliveries`, again).expect('webhook_disabled')
})

t.test('a company that is still to get its webhooks is worked in all the same', async _t => {
  const ada = await api.founder()
  const tenant = await homeOf(ada)
  await api.sql(`alter table "${tenant}".webhooks rename to nothing_yet`)
  await api.sql('update tenants set version = $2 where name = $1', [tenant, tenantVersion - 1])
  await addSpinner(ada)
  await ada.get('/webhooks').expect('tenant_upgrading')
})

t.test('webhooks stay out of archives, templates and what is made of them', async t => {
  const ada = await api.founder()
  await ada.post('/webhooks', { url }).expect(201)
  const template = await ada.post<{ id: string }>('/templates', { name: 'Mine', contents: 'everything' }).expect(201)
  const made = await ada
    .post<{ id: string }>('/companies', { name: word('Made'), template: template.body.id })
    .expect(201)
  const { items } = (await ada.tab({ 'x-company': made.body.id }).get<Page<Webhook>>('/webhooks').expect(200)).body
  t.strictSame(items, [])
})

async function homeOf({ company }: Founder): Promise<string> {
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [company.id])
  return row?.tenant ?? ''
}
