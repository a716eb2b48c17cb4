import { once } from 'node:events'
import { listJobs } from '@spintrack/database/jobs'
import { companies } from '@spintrack/database/public/companies'
import { testDatabase } from '@spintrack/database/testing'
import { type Company, companyColumns, openCompany } from '@spintrack/domain/company'
import { createSeal } from '@spintrack/domain/seal'
import { createSpinner } from '@spintrack/domain/spinners'
import { createSpin, updateSpin } from '@spintrack/domain/spins'
import { deliver, forgetDeliveries, pauses, sealAnew } from '@spintrack/domain/webhook-deliveries'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listDeliveries,
  redeliver,
  rotateSecret,
  updateWebhook,
} from '@spintrack/domain/webhooks'
import { eq } from 'drizzle-orm'
import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { type Made, newCompany } from './support/companies.ts'
import { courier } from './support/courier.ts'
import { type Message, receiver } from './support/receiver.ts'
import { startWorkerProcess } from './support/start.ts'
import { until } from './support/until.ts'
import { withRunner } from './support/with-runner.ts'

const database = await testDatabase(t)
const { owner, tenancy } = database
const reach = { loopback: true }
const { seal } = courier

t.test('what happens is sent to every webhook that wants it, signed, and written down', async t => {
  const made = await newCompany(database)
  const [all, few] = [await receiver(t), await receiver(t)]
  const everything = await hook(made, all.url)
  const spinnersOnly = await hook(made, few.url, ['spinner.created'])
  const company = await open(made)
  const spinner = await createSpinner(company, { serialNumber: 'S-2', name: 'Comet' })
  const { value: spin } = await createSpin(company, { spinnerId: spinner.id, durationMs: 5 })
  await withRunner(t, database, async () => {
    await all.got(2)
    await few.got(1)
    await until(async () => (await jobsOf(made)) === 0)
  })
  const events = all.messages.map(message => verified(message, everything.secret))
  t.match(
    events.sort((a, b) => (a.type < b.type ? -1 : 1)),
    [
      { type: 'spin.created', data: { id: spin.id, count: 1, spin } },
      { type: 'spinner.created', data: { id: spinner.id, count: 1, spinner } },
    ],
  )
  t.equal(few.messages.length, 1)
  t.match(verified(few.messages[0] as Message, spinnersOnly.secret), { type: 'spinner.created' })
  const log = (await listDeliveries(company, everything.id, {})).items
  t.match(log, [
    { type: 'spin.created', state: 'done', attempts: 1, status: 204, error: null, nextAttemptAt: null },
    { type: 'spinner.created', state: 'done', attempts: 1, status: 204 },
  ])
  t.ok(log.every(({ attemptedAt, durationMs }) => attemptedAt && durationMs !== null))
  t.strictSame(log.map(({ id }) => id).sort(), events.map(({ id }) => id).sort())
})

t.test('what was refused or rolled back is never sent, and leaves no job', async t => {
  const made = await newCompany(database)
  const { url } = await receiver(t)
  const { id } = await hook(made, url)
  const company = await open(made)
  const failing = company.write(async (_, tell) => {
    tell({ type: 'spin.created', id: made.memberId })
    throw new Error('and then something fails')
  })
  await t.rejects(failing)
  t.equal(await jobsOf(made), 0)
  t.strictSame((await listDeliveries(company, id, {})).items, [])
})

t.test('what failed is sent again later, the same under the same id', async t => {
  const made = await newCompany(database)
  let status = 500
  const { url, messages, got } = await receiver(t, () => status)
  const { id } = await hook(made, url)
  const company = await open(made)
  const spin = await newSpin(company)
  const begun = Date.now()
  await withRunner(t, database, async () => {
    await got(1)
    await until(async () => (await delivery(company, id)).attempts === 1)
  })
  const failed = await delivery(company, id)
  t.match(failed, { state: 'waiting', status: 500, error: 'It answered 500.' })
  const pause = Date.parse(failed.nextAttemptAt ?? '') - begun
  t.ok(pause >= 5_000 && pause < 60_000, `after ${pause} ms`)
  t.match(await listJobs(owner, { states: ['scheduled'] }), [
    { task: 'deliver_webhook', tenant: made.name, error: null },
  ])

  await updateSpin(company, spin.id, { durationMs: 99 })
  status = 200
  await owner.query('update graphile_worker._private_jobs set run_at = now()')
  await withRunner(t, database, async () => {
    await got(3)
    await until(async () => (await jobsOf(made)) === 0)
  })
  const [first, again] = messages.filter(({ body }) => JSON.parse(body).type === 'spin.created')
  t.equal(first?.body, again?.body)
  t.equal(first?.headers['webhook-id'], again?.headers['webhook-id'])
  const done = (await listDeliveries(company, id, {})).items.find(({ type }) => type === 'spin.created')
  t.match(done, { state: 'done', attempts: 2, status: 200, error: null })
  t.match(await rowOf(made, id), { failures: 0, failing_since: null })
})

t.test('after the last pause nobody tries again', async t => {
  const made = await newCompany(database)
  const { url, got } = await receiver(t, () => 500)
  const { id } = await hook(made, url)
  const company = await open(made)
  await newSpin(company)
  await inside(made, `update webhook_deliveries set attempts = ${pauses.length}`)
  await withRunner(t, database, async () => {
    await got(1)
    await until(async () => (await jobsOf(made)) === 0)
  })
  t.match(await delivery(company, id), { state: 'failed', attempts: pauses.length + 1, nextAttemptAt: null })
})

t.test('a webhook that fails too often, for too long or wants no more is switched off, and says why', async t => {
  const cases: [string, number, string, RegExp][] = [
    [
      'too often',
      500,
      'update webhooks set failures = 99, failing_since = now()',
      /^Nothing has arrived since .* in 100 attempts.*500/,
    ],
    [
      'for too long',
      500,
      "update webhooks set failures = 5, failing_since = now() - interval '73 hours'",
      /^Nothing has arrived since/,
    ],
    ['no more', 410, 'select', /410/],
  ]
  for (const [what, status, before, reason] of cases) {
    const made = await newCompany(database)
    const { url, messages, got } = await receiver(t, () => status)
    const { id } = await hook(made, url)
    const company = await open(made)
    const first = await newSpin(company)
    await inside(made, before)
    await withRunner(t, database, async () => {
      await got(1)
      await until(async () => !(await getWebhook(company, id)).enabled)
    })
    t.match((await getWebhook(company, id)).disabledReason, reason, what)
    await newSpin(company, first.spinnerId)
    t.equal((await listDeliveries(company, id, {})).items.length, 1, 'nothing more is on its way to it')
    await owner.query('update graphile_worker._private_jobs set run_at = now()')
    await withRunner(t, database, () => until(async () => (await jobsOf(made)) === 0))
    t.equal(messages.length, 1, 'nor what was to be tried again')
    t.match(await delivery(company, id), { state: 'failed' })
    await t.rejects(redeliver(company, id, (await delivery(company, id)).id), { code: 'webhook_disabled' })

    const on = await updateWebhook(company, id, { enabled: true }, { version: undefined, reach })
    t.match(on, { enabled: true, disabledReason: null })
    t.match(await rowOf(made, id), { failures: 0, failing_since: null }, 'it begins without failures')
    await newSpin(company, first.spinnerId)
    t.equal((await listDeliveries(company, id, {})).items.length, 2)
    await owner.query('delete from graphile_worker._private_jobs')
  }
})

t.test('one failure is no reason to switch it off', async t => {
  const made = await newCompany(database)
  const { url, got } = await receiver(t, () => 500)
  const { id } = await hook(made, url)
  const company = await open(made)
  await newSpin(company)
  await withRunner(t, database, async () => {
    await got(1)
    await until(async () => (await delivery(company, id)).attempts === 1)
  })
  t.match(await getWebhook(company, id), { enabled: true, disabledReason: null })
  await owner.query('delete from graphile_worker._private_jobs')
})

t.test('what arrived or failed is sent once more when somebody asks', async t => {
  const made = await newCompany(database)
  const { url, messages, got } = await receiver(t)
  const { id } = await hook(made, url)
  const company = await open(made)
  await newSpin(company)
  await withRunner(t, database, async () => {
    await got(1)
    await until(async () => (await delivery(company, id)).state === 'done')
    const again = await redeliver(company, id, (await delivery(company, id)).id)
    t.match(again, { state: 'waiting', attempts: 0 })
    await got(2)
    await until(async () => (await delivery(company, id)).state === 'done')
  })
  t.equal(messages[0]?.body, messages[1]?.body)
  t.equal(messages[0]?.headers['webhook-id'], messages[1]?.headers['webhook-id'])
  await t.rejects(redeliver(company, id, made.memberId), { code: 'not_found' })
})

t.test('for a day after a change of the secret both sign', async t => {
  const made = await newCompany(database)
  const { url, messages, got } = await receiver(t)
  const { id, secret: before } = await hook(made, url)
  const company = await open(made)
  const { secret: now, previousEndsAt } = await rotateSecret(company, id, seal)
  t.not(now, before)
  const hours = (Date.parse(previousEndsAt) - Date.now()) / 3_600_000
  t.ok(hours > 23.9 && hours < 24.1)
  await newSpin(company)
  await withRunner(t, database, () => got(1))
  for (const secret of [now, before]) t.ok(verified(messages[0] as Message, secret))
  await inside(made, "update webhooks set previous_ends_at = now() - interval '1 second'")
  await newSpin(company)
  await withRunner(t, database, () => got(2))
  t.ok(verified(messages[1] as Message, now))
  t.throws(() => verified(messages[1] as Message, before))
})

t.test('the table alone signs nothing, and secrets move under a new secret of the installation at night', async t => {
  const made = await newCompany(database)
  const { url, messages, got } = await receiver(t)
  const { id, secret } = await hook(made, url)
  const company = await open(made)
  const { rows } = await owner.query(`select w::text as row from "${made.name}".webhooks w`)
  t.notMatch(rows[0].row, secret.slice('whsec_'.length))
  t.notMatch(rows[0].row, 'whsec_')
  const newest = 'a newer secret of tests, long enough too'
  await tenancy.scope(made, {}, db => sealAnew(db, createSeal([newest, 'a secret of tests that is long enough'])))
  const spin = await newSpin(company)
  const { id: eventId } = await delivery(company, id)
  await deliver(tenancy, made, { webhookId: id, eventId }, { ...courier, seal: createSeal([newest]) })
  await got(1)
  t.match(verified(messages[0] as Message, secret), { data: { id: spin.id } })

  await newSpin(company, spin.spinnerId)
  const { id: later } = await delivery(company, id)
  await deliver(tenancy, made, { webhookId: id, eventId: later }, courier)
  t.equal(messages.length, 1)
  t.match(await getWebhook(company, id), { enabled: false, disabledReason: /secret can no longer be read/ })
  await owner.query('delete from graphile_worker._private_jobs')
})

t.test('what is for a webhook that was deleted is not sent, and its company has one less', async t => {
  const made = await newCompany(database)
  const { url, messages } = await receiver(t)
  const { id } = await hook(made, url)
  const company = await open(made)
  await newSpin(company)
  await deleteWebhook(tenancy, company, id)
  await withRunner(t, database, () => until(async () => (await jobsOf(made)) === 0))
  t.equal(messages.length, 0)
  t.equal((await open(made)).webhooks, 0)
  await t.rejects(deleteWebhook(tenancy, company, id), { code: 'not_found' })
  t.equal((await open(made)).webhooks, 0, 'deleted once')
})

t.test('what a closed company had to say is sent when it opens again', async t => {
  const made = await newCompany(database)
  const { url, messages, got } = await receiver(t)
  await hook(made, url)
  await newSpin(await open(made))
  await owner.query("update tenants set state = 'suspended' where name = $1", [made.name])
  await withRunner(t, database, () =>
    until(async () =>
      (await listJobs(owner)).some(({ tenant, state }) => tenant === made.name && state === 'retrying'),
    ),
  )
  t.equal(messages.length, 0)
  await owner.query("update tenants set state = 'ready' where name = $1", [made.name])
  await owner.query('update graphile_worker._private_jobs set run_at = now()')
  await withRunner(t, database, () => got(1))
})

t.test('companies take turns and none is told of another', async t => {
  const parties = await Promise.all(
    ['one', 'two', 'three'].map(async canary => {
      const made = await newCompany(database)
      const party = { canary: `canary-${canary}`, made, receiver: await receiver(t) }
      await hook(made, party.receiver.url)
      return { ...party, company: await open(made) }
    }),
  )
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      parties.map(({ company, canary }) =>
        createSpinner(company, { serialNumber: `${canary} ${round}`, name: canary }),
      ),
    )
  }
  await withRunner(t, database, () => Promise.all(parties.map(party => party.receiver.got(5))))
  for (const { canary, receiver } of parties) {
    t.equal(receiver.messages.length, 5)
    for (const { body } of receiver.messages) {
      t.match(body, canary)
      for (const other of parties) if (other.canary !== canary) t.notMatch(body, other.canary)
    }
  }
})

t.test('what a worker was sending when it was killed is sent by another, under the same id', async t => {
  const made = await newCompany(database)
  let killed = false
  const { url, messages, got } = await receiver(t, () => (killed ? 204 : 'silence'))
  const { id } = await hook(made, url)
  const company = await open(made)
  await newSpin(company)
  const worker = startWorkerProcess(database)
  const ended = once(worker, 'exit')
  await got(1)
  killed = true
  worker.kill('SIGKILL')
  await ended
  await withRunner(t, database, () => got(2), { graceMs: 0 })
  t.equal(messages[0]?.headers['webhook-id'], messages[1]?.headers['webhook-id'])
  t.equal(messages[0]?.body, messages[1]?.body)
  t.match(await delivery(company, id), { attempts: 1 })
})

t.test('deliveries are kept for thirty days', async t => {
  const made = await newCompany(database)
  const { id } = await hook(made, 'http://127.0.0.1:1/hook')
  const company = await open(made)
  const { spinnerId } = await newSpin(company)
  await inside(made, "update webhook_deliveries set created_at = now() - interval '31 days'")
  await newSpin(company, spinnerId)
  await tenancy.scope(made, {}, forgetDeliveries)
  t.equal((await listDeliveries(company, id, {})).items.length, 1)
  await owner.query('delete from graphile_worker._private_jobs')
})

function hook(made: Made, url: string, types: ['spinner.created'] | null = null) {
  return open(made).then(company => createWebhook(tenancy, company, { url, types }, { seal, reach }))
}

/** The company as somebody finds it whose request begins now. */
async function open(made: Made): Promise<Company> {
  const [row] = await tenancy.control.select(companyColumns).from(companies).where(eq(companies.id, made.companyId))
  if (!row) throw new Error('Expected the company to be there')
  const version = (await owner.query('select version from tenants where name = $1', [made.name])).rows[0].version
  return openCompany(tenancy, {
    ...row,
    role: 'owner',
    state: 'ready',
    memberId: made.memberId,
    tenant: made.name,
    tenantVersion: version,
  })
}

async function newSpin(company: Company, spinnerId?: string) {
  const [spinner] = (await company.read(db => db.execute<{ id: string }>('select id from spinners limit 1'))).rows
  return (await createSpin(company, { spinnerId: spinnerId ?? spinner?.id ?? '', durationMs: 5 })).value
}

/** The newest delivery of a webhook. */
async function delivery(company: Company, id: string) {
  const [newest] = (await listDeliveries(company, id, {})).items
  if (!newest) throw new Error('Expected a delivery')
  return newest
}

/** What a receiver makes of a message who does as Standard Webhooks says. */
function verified({ body, headers }: Message, secret: string) {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as {
    id: string
    type: string
    data: Record<string, unknown>
  }
}

async function jobsOf(made: Made): Promise<number> {
  return (await listJobs(owner)).filter(({ tenant }) => tenant === made.name).length
}

async function rowOf(made: Made, id: string) {
  return (await owner.query(`select * from "${made.name}".webhooks where id = $1`, [id])).rows[0]
}

function inside(made: Made, statement: string) {
  return owner.query(statement.replace(/(update|from) (\w+)/, `$1 "${made.name}".$2`))
}
