import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { eventsChannel, forgetEvents } from '@spintrack/domain/events'
import { createSeal } from '@spintrack/domain/seal'
import { createPool } from '@spintrack/tenancy/pool'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import t, { type Test } from 'tap'
import { buildServer } from '../src/server.ts'
import {
  addSpin,
  addSpinner,
  addToken,
  cheapHasher,
  type Founder,
  startApi,
  unlimited,
  withToken,
  word,
} from './support/api.ts'
import { readDocument } from './support/document.ts'
import { lines, send } from './support/files.ts'
import { listening, openStream, type Told } from './support/streams.ts'

const secrets = ['a secret of tests that is long enough']
let afterWork: (() => void) | undefined
const reads = { count: 0 }

const api = await startApi(t, { connections: 4, tenancy: wrap })
const url = await listening(t, api.app)

/** Counts reads, and lets work fail when it is done where a test wants that. */
function wrap(tenancy: Tenancy): Tenancy {
  return {
    ...tenancy,
    scope: (tenant, options, work) => {
      if (options.readOnly) reads.count++
      return tenancy.scope(tenant, options as { readOnly?: boolean }, async db => {
        const value = await work(db)
        afterWork?.()
        return value
      })
    },
  }
}

t.test('a stream tells of every change, and what it is about', async t => {
  const ada = await api.founder()
  const stream = await openStream(t, url, ada)
  t.equal(stream.status, 200)
  t.equal(stream.headers['content-type'], 'text/event-stream; charset=utf-8')
  t.equal(stream.headers['cache-control'], 'no-store')
  for (const header of ['x-request-id', 'ratelimit-remaining']) t.ok(stream.headers[header], header)
  t.match(await stream.next(), { type: 'events.begun', data: { id: null } })

  const spinner = await addSpinner(ada, { name: 'Comet' })
  const spin = await addSpin(ada, spinner, { note: 'first' })
  await ada.patch(`/spins/${spin.id}`, { durationMs: 5 }).expect(200)
  t.match(await stream.next(), { type: 'spinner.created', data: { id: spinner.id } })
  await ada.delete(`/spins/${spin.id}`).expect(204)
  await ada.patch(`/spinners/${spinner.id}`, { name: 'Star' }).expect(200)
  await ada.delete(`/spinners/${spinner.id}`).expect(204)
  const rest = await stream.take(5)

  t.match(stream.text(), /^retry: \d+\nid: \S+\nevent: events\.begun\n/)
  t.strictSame(
    rest.map(({ type, data }) => [type, data.id]),
    [
      ['spin.created', spin.id],
      ['spin.changed', spin.id],
      ['spin.deleted', spin.id],
      ['spinner.changed', spinner.id],
      ['spinner.deleted', spinner.id],
    ],
  )
  const isEvent = (await readDocument()).validator({ $ref: '#/components/schemas/Event' })
  for (const { position: _, ...event } of rest) t.ok(isEvent(event), `${event.type} has the shape of the contract`)
  t.equal(new Set(rest.map(({ position }) => position)).size, 5)
})

t.test('the body of an event is the spin or spinner as the API has it', async t => {
  const ada = await api.founder()
  const stream = await openStream(t, url, ada)
  await stream.next()
  const spinner = await addSpinner(ada, { name: 'Comet' })
  t.strictSame((await stream.next()).data, { id: spinner.id, count: 1, spinner })
  const spin = await addSpin(ada, spinner, { note: 'first' })
  t.strictSame((await stream.next()).data, { id: spin.id, count: 1, spin })
  await ada.delete(`/spins/${spin.id}`).expect(204)
  t.strictSame((await stream.next()).data, { id: spin.id, count: 1 })
})

t.test('what came at once is told at once: a copy, a demo begun anew', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  for (const durationMs of [1, 2, 3]) await addSpin(ada, spinner, { durationMs })
  const demo = await ada.post<{ id: string }>('/companies', { name: word('Demo'), template: 'demo' }).expect(201)
  const there = ada.tab({ 'x-company': demo.body.id })
  const stream = await openStream(t, url, there)
  await stream.next()
  const copy = { toCompanyId: demo.body.id, spinnerIds: [spinner.id] }
  await ada.tab({ 'x-company': ada.company.id }).post('/copies', copy).expect(201)
  t.match(await stream.take(2), [
    { type: 'spinners.created', data: { id: null, count: 1 } },
    { type: 'spins.created', data: { id: null, count: 3 } },
  ])
  await there.put('/company/demo', undefined).expect(200)
  t.match(await stream.next(), { type: 'demo.reset', data: { id: null } })
})

t.test('a batch and a file are each told as one event, and what kept nothing is not told', async t => {
  const ada = await api.founder()
  const stream = await openStream(t, url, ada)
  await stream.next()
  const found = ['serialNumber,name', 'A-1,Comet', 'A-2,Star']
  const spun = ['serialNumber,durationMs', 'A-1,5', 'A-2,6', 'A-9,7']
  await send(ada, '/spinners/import', 'csv', lines(found), { query: '?dryRun=true' }).expect(200)
  await send(ada, '/spins/import', 'csv', lines(spun)).expect(200)
  await send(ada, '/spinners/import', 'csv', lines(found)).expect(200)
  t.match(await stream.next(), { type: 'spinners.created', data: { id: null, count: 2 } })
  const partly = { query: '?partial=true' }
  const { items } = (await ada.get<{ items: { id: string }[] }>('/spinners').expect(200)).body
  await send(ada, '/spins/import', 'csv', lines(spun), partly).expect(200)
  await ada.post('/spins/batch', { items: items.map(({ id }) => ({ spinnerId: id, durationMs: 8 })) }).expect(201)
  await addSpinner(ada)
  t.match(await stream.take(3), [
    { type: 'spins.created', data: { id: null, count: 2 } },
    { type: 'spins.created', data: { id: null, count: 2 } },
    { type: 'spinner.created' },
  ])
})

t.test('what was refused or rolled back is never told', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  await addSpin(ada, spinner)
  const stream = await openStream(t, url, ada)
  await stream.next()
  await ada.delete(`/spinners/${spinner.id}`).expect('spinner_has_spins')
  afterWork = () => {
    throw new Error('the work is done, and then something fails')
  }
  t.teardown(() => {
    afterWork = undefined
  })
  await ada.post('/spins', { spinnerId: spinner.id, durationMs: 7 }).expect('internal')
  afterWork = undefined
  const spin = await addSpin(ada, spinner, { durationMs: 8 })
  t.match(await stream.next(), { type: 'spin.created', data: { id: spin.id } })
})

t.test('a request that is sent again under its key is told once', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const stream = await openStream(t, url, ada)
  await stream.next()
  const body = { spinnerId: spinner.id, durationMs: 7 }
  for (let sent = 0; sent < 3; sent++) await ada.post('/spins', body, { 'idempotency-key': 'once' }).expect(201)
  const last = await addSpin(ada, spinner)
  t.match((await stream.take(2)).at(-1), { data: { id: last.id } })
})

t.test('a change made through one process is told by another', async t => {
  const other = await anotherProcess(t)
  const ada = await api.founder()
  const stream = await openStream(t, other, ada)
  await stream.next()
  const spinner = await addSpinner(ada)
  t.match(await stream.next(), { type: 'spinner.created', data: { id: spinner.id } })
})

t.test('a stream that broke off is taken up where it was, by any process', async t => {
  const other = await anotherProcess(t)
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const first = await openStream(t, url, ada)
  const { position } = await first.next()
  first.hangUp()
  // More than are read at once.
  const spins = []
  for (let count = 0; count < 60; count++) spins.push((await addSpin(ada, spinner)).id)

  const second = await openStream(t, other, ada, position)
  t.equal((await second.next()).type, 'events.begun')
  const begun = await second.take(10)
  second.hangUp()
  const third = await openStream(t, url, ada, begun.at(-1)?.position)
  const rest = await third.take(51)
  t.strictSame(
    [...begun, ...rest.slice(1)].map(({ data }) => data.id),
    spins,
  )

  await addSpin(ada, spinner)
  const last = await third.next()
  const fourth = await openStream(t, other, ada, last.position)
  await fourth.next()
  const next = await addSpin(ada, spinner)
  for (const stream of [third, fourth]) t.match(await stream.next(), { data: { id: next.id } })
})

t.test('of two changes at once the one that commits later is told as well, also to who was away', async t => {
  const ada = await api.founder()
  const [slow, quick] = [await addSpinner(ada), await addSpinner(ada)]
  const tenant = await homeOf(ada)
  const [stays, stream] = [await openStream(t, url, ada), await openStream(t, url, ada)]
  await Promise.all([stays.next(), stream.next()])
  const client = await api.database.owner.connect()
  t.teardown(async () => client.release(true))
  await client.query(`begin; set local search_path to "${tenant}"`)
  await client.query(
    `insert into events (id, type, subject_id, count) values (gen_random_uuid(), 'spinner.changed', $1, 1)`,
    [slow.id],
  )
  const early = await addSpin(ada, quick)
  const { data, position } = await stream.next()
  t.equal(data.id, early.id, 'the later transaction committed first')
  stream.hangUp()
  await client.query(`commit; notify ${eventsChannel}, '${ada.company.id}'`)
  const again = await openStream(t, url, ada, position)
  t.equal((await again.next()).type, 'events.begun')
  t.match(await again.next(), { type: 'spinner.changed', data: { id: slow.id } })
  const next = await addSpin(ada, quick)
  t.match(await again.next(), { data: { id: next.id } }, 'and nothing comes twice')
  const ids = (await stays.take(3)).map(({ data }) => data.id)
  t.strictSame(ids, [early.id, slow.id, next.id], 'who stayed has the same')
})

t.test('who cannot be told everything is told that', async t => {
  const ada = await api.founder()
  const stream = await openStream(t, url, ada)
  const { position } = await stream.next()
  const seal = createSeal(secrets)
  const sealed = (time: number, seen: string) => seal.close(JSON.stringify([time, { seen }]))
  const day = 24 * 60 * 60 * 1000
  const [, { seen }] = JSON.parse(seal.open(position))
  const cases: [string, string, Event['type']][] = [
    ['as it was given out', position, 'events.begun'],
    ['of a quarter of a day ago', sealed(Date.now() - day / 4, seen), 'events.begun'],
    ['of longer ago than events are kept', sealed(Date.now() - day - 1000, seen), 'events.missed'],
    ['of a database that was set back since', sealed(Date.now(), '1:99999999999:'), 'events.missed'],
    ['of another seal', createSeal(['another secret that is long enough']).close('[0,{}]'), 'events.missed'],
    ['that is no position', seal.close('spin_secret'), 'events.missed'],
    ['that anybody wrote', 'abc', 'events.missed'],
    ['that is empty', '', 'events.begun'],
  ]
  for (const [what, id, type] of cases) {
    const again = await openStream(t, url, ada, id)
    t.equal((await again.next()).type, type, `a position ${what}`)
    const spinner = await addSpinner(ada)
    let told = await again.next()
    while (told.data.id !== spinner.id) told = await again.next()
    t.pass('and it goes on from there')
    again.hangUp()
  }
})

t.test('a position says nothing of the installation to who has it', async t => {
  const ada = await api.founder()
  const { position } = await (await openStream(t, url, ada)).next()
  const [{ now }] = (await api.sql<{ now: string }>('select pg_current_snapshot()::text as now')) as [{ now: string }]
  const xid = now.split(':')[0] as string
  t.notMatch(position, xid)
  t.notMatch(Buffer.from(position, 'base64url').toString('latin1'), xid)
})

t.test('however many streams show a change, it is read once', async t => {
  const ada = await api.founder()
  const streams = await Promise.all(Array.from({ length: 12 }, () => openStream(t, url, ada)))
  for (const stream of streams) await stream.next()
  const spinner = { serialNumber: word('SN'), name: 'Comet' }
  const before = reads.count
  await ada.post('/spinners', spinner).expect(201)
  for (const stream of streams) t.match(await stream.next(), { data: { spinner } })
  t.ok(reads.count - before <= 2, `it took ${reads.count - before} reads`)
})

t.test('no stream has a word of another company', async t => {
  const [ada, eve] = [await api.founder(), await api.founder()]
  const mine = await openStream(t, url, ada)
  const { position } = await mine.next()
  const theirs = await openStream(t, url, eve)
  await theirs.next()
  const canary = word('canary')
  const secret = await addSpinner(ada, { name: canary })
  await addSpin(ada, secret, { note: canary })
  // With a position of Ada's company, and in a tab that names hers.
  const resumed = await openStream(t, url, eve, position)
  const refused = await openStream(t, url, eve.tab({ 'x-company': ada.company.id }))
  t.equal(refused.status, 404)
  t.equal(await refused.ended, 'end')
  const own = await addSpinner(eve, { name: 'Eve’s own' })
  for (const stream of [theirs, resumed]) {
    let told: Told
    do told = await stream.next()
    while (told.data.id !== own.id)
    t.notMatch(stream.text(), canary)
    t.notMatch(stream.text(), secret.id)
  }
  t.match(await mine.take(2), [{ data: { spinner: { name: canary } } }, { data: { spin: { note: canary } } }])
})

t.test('what is notified is the id of the company and nothing else', async t => {
  const client = await api.database.owner.connect()
  t.teardown(async () => client.release(true))
  const [ada, eve] = [await api.founder(), await api.founder()]
  await client.query(`listen ${eventsChannel}`)
  const heard = async () => (await once(client, 'notification'))[0].payload
  for (const founder of [ada, eve, ada]) {
    const told = heard()
    await addSpinner(founder, { name: word('canary') })
    t.equal(await told, founder.company.id)
  }
})

t.test('losing access ends a stream within a second, and no other', async t => {
  const ada = await api.founder()
  const cases: Record<string, () => Promise<{ stream: Awaited<ReturnType<typeof open>>; lose(): Promise<unknown> }>> = {
    'logging out': async () => {
      const browser = await api.logIn(ada)
      return { stream: await open(browser), lose: () => browser.delete('/session').expect(204) }
    },
    'a session that expires': async () => {
      const browser = await member()
      const lose = () => api.sql('update sessions set idle_expires_at = now() where user_id = $1', [browser.id])
      return { stream: await open(browser), lose }
    },
    'a token that is revoked': async () => {
      const { id, token } = await addToken(ada)
      return { stream: await open(withToken(api, token)), lose: () => ada.delete(`/tokens/${id}`).expect(204) }
    },
    'a token that expires': async () => {
      const { id, token } = await addToken(ada, { expiresAt: '2100-01-01T00:00:00Z' })
      const lose = () => api.sql('update tokens set expires_at = now() where id = $1', [id])
      return { stream: await open(withToken(api, token)), lose }
    },
    'being removed, with a session': async () => {
      const person = await member()
      return { stream: await open(person), lose: () => api.leave(ada.company, person) }
    },
    'being removed, with a token': async () => {
      const person = await member()
      const { token } = await addToken(person)
      return { stream: await open(withToken(api, token)), lose: () => api.leave(ada.company, person) }
    },
  }
  const open = async (who: Parameters<typeof openStream>[2]) => {
    const stream = await openStream(t, url, who)
    t.equal((await stream.next()).type, 'events.begun')
    return stream
  }
  const member = async () => {
    const person = await api.person()
    await api.join(ada.company, person, 'viewer')
    return { ...person, ...person.tab({ 'x-company': ada.company.id }) }
  }
  const stays = await open(ada)
  for (const [what, begin] of Object.entries(cases)) {
    const { stream, lose } = await begin()
    await lose()
    const lostAt = performance.now()
    await stream.ended
    const ms = performance.now() - lostAt
    t.ok(ms < 1_000, `${what} ended it after ${ms.toFixed()} ms`)
    const spinner = await addSpinner(ada)
    t.match(await stays.next(), { data: { id: spinner.id } }, 'the other one goes on')
    t.notMatch(stream.text(), spinner.id)
  }
  const tenant = await homeOf(ada)
  for (const state of ['suspended', 'archived', 'purging']) {
    const stream = await open(ada)
    await api.sql('update tenants set state = $2 where name = $1', [tenant, state])
    const lostAt = performance.now()
    await stream.ended
    t.ok(performance.now() - lostAt < 1_000, `a company that is ${state} ends it`)
    await api.sql("update tenants set state = 'ready' where name = $1", [tenant])
  }
})

t.test('the end of a stream does not bring back the session that expired under it', async t => {
  const ada = await api.founder()
  const past = "now() - interval '1 hour'"
  // So long ago that this request is noted, which happens once its answer has ended.
  await api.sql(`update sessions set last_seen_at = ${past} where user_id = $1`, [ada.id])
  const stream = await openStream(t, url, ada)
  await stream.next()
  await api.sql(`update sessions set idle_expires_at = ${past} where user_id = $1`, [ada.id])
  await stream.ended
  const seen = await api.logIn(ada)
  for (let requests = 0; requests < 20; requests++) {
    await seen.get('/session').expect(200)
    await ada.get('/company').expect('unauthenticated')
  }
})

t.test('who has too many streams is refused, until one is closed', async t => {
  const few = await anotherProcess(t, { principal: 2, company: 3 })
  const ada = await api.founder()
  const { token } = await addToken(ada)
  const script = withToken(api, token)
  const [first] = [await openStream(t, few, ada), await openStream(t, few, ada)]
  const refused = await openStream(t, few, ada)
  t.equal(await refused.ended, 'end')
  t.match(JSON.parse(refused.text()), { status: 429, code: 'too_many_streams' })
  t.match(refused.headers['retry-after'], /^\d+$/)
  t.equal((await openStream(t, few, script)).status, 200, 'another caller has places of their own')
  t.equal((await openStream(t, few, script)).status, 429, 'but the company has so many in all')
  t.equal((await openStream(t, few, await api.founder())).status, 200, 'which is no matter of another company')
  first?.hangUp()
  let status = 429
  while (status === 429) status = (await openStream(t, few, script)).status
  t.equal(status, 200)
})

t.test('a slow reader is hung up on, while others are told everything', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const spin = await addSpin(ada, spinner, { note: '\u{1f300}'.repeat(250) })
  const [slow, quick] = [await openStream(t, url, ada), await openStream(t, url, ada)]
  await Promise.all([slow.next(), quick.next()])
  slow.pause()
  const tenant = await homeOf(ada)
  const many = 8_000
  // More than the kernel takes for a reader who does not read.
  await api.sql(
    `insert into "${tenant}".events (id, type, subject_id, count) select gen_random_uuid(), 'spin.changed', $1, 1 from generate_series(1, ${many})`,
    [spin.id],
  )
  await api.sql(`select pg_notify($1, $2)`, [eventsChannel, ada.company.id])
  t.equal((await quick.take(many)).length, many)
  slow.resume()
  t.equal(await slow.ended, 'cut')
  const got = slow.text().split('\n\n').length
  t.ok(got < many, `it got ${got}`)
  quick.hangUp()
})

t.test('one that catches up is told no faster than it reads, and everything', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const { id } = await addSpin(ada, spinner, { note: '\u{1f300}'.repeat(250) })
  const before = await openStream(t, url, ada)
  const { position } = await before.next()
  before.hangUp()
  const many = 10_000
  await api.sql(
    `insert into "${await homeOf(ada)}".events (id, type, subject_id, count) select gen_random_uuid(), 'spin.changed', $1, 1 from generate_series(1, ${many})`,
    [id],
  )
  const stream = await openStream(t, url, ada, position)
  await stream.next()
  stream.pause()
  const meanwhile = await addSpin(ada, spinner)
  stream.resume()
  const told = await stream.take(many + 1)
  t.equal(new Set(told.map(event => event.id)).size, many + 1, 'each once')
  t.equal(told.at(-1)?.data.id, meanwhile.id, 'and what happened meanwhile at the end')
})

t.test('something is said when nothing happens', async t => {
  const stream = await openStream(t, url, await api.founder())
  const begun = performance.now()
  while (stream.heartbeats() < 3) await turn()
  t.ok(performance.now() - begun < 5_000)
})

t.test('what happened while nobody could listen is told when that is mended', async t => {
  const ada = await api.founder()
  const stream = await openStream(t, url, ada)
  await stream.next()
  const spinner = await addSpinner(ada)
  await stream.next()
  const superuser = createPool({ connectionString: api.database.superuserUrl, max: 1 })
  t.teardown(() => superuser.end())
  const { rowCount } = await superuser.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name like '% listener' and datname = current_database()`,
  )
  t.ok(rowCount, 'somebody listened')
  const spin = await addSpin(ada, spinner)
  t.match(await stream.next(), { data: { id: spin.id } })
})

t.test('a lost notification is made up for', async t => {
  const ada = await api.founder()
  const impatient = await anotherProcess(t, { everyMs: 50 })
  const stream = await openStream(t, impatient, ada)
  await stream.next()
  await api.sql(
    `insert into "${await homeOf(ada)}".events (id, type, subject_id, count) values (gen_random_uuid(), 'spin.deleted', null, 1)`,
  )
  t.match(await stream.next(), { type: 'spin.deleted' })
})

t.test('the end of a process ends its streams properly', async t => {
  const app = await build(api.database.tenancy)
  const there = await listening(t, app)
  const streams = await Promise.all(Array.from({ length: 3 }, async () => openStream(t, there, await api.founder())))
  for (const stream of streams) await stream.next()
  await app.close()
  for (const stream of streams) t.equal(await stream.ended, 'end')
})

t.test('events are kept for two days', async t => {
  const ada = await api.founder()
  const tenant = await homeOf(ada)
  const spinner = await addSpinner(ada)
  const kept = await addSpin(ada, spinner)
  await api.sql(`update "${tenant}".events set created_at = now() - interval '49 hours' where subject_id = $1`, [
    spinner.id,
  ])
  await api.sql(`update "${tenant}".events set created_at = now() - interval '47 hours' where subject_id = $1`, [
    kept.id,
  ])
  await api.database.tenancy.scope({ name: tenant }, {}, forgetEvents)
  t.strictSame(await api.sql(`select subject_id from "${tenant}".events`), [{ subject_id: kept.id }])
})

/** Another process of the API over the same database, as far as that can be told apart. */
async function anotherProcess(t: Test, eventStreams: object = {}): Promise<string> {
  return listening(t, await build(api.database.tenancy, eventStreams))
}

function build(tenancy: Tenancy, eventStreams: object = {}) {
  return buildServer({
    publicUrl: 'http://localhost:3000',
    sessionSecrets: secrets,
    trustProxy: [],
    logger: false,
    rateLimits: unlimited,
    eventStreams,
    tenancy,
    hasher: cheapHasher,
  })
}

async function homeOf({ company }: Founder): Promise<string> {
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [company.id])
  return row?.tenant ?? ''
}
