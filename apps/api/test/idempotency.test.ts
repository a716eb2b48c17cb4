import { createHash } from 'node:crypto'
import type { Company } from '@spintrack/contract/companies'
import type { Spin } from '@spintrack/contract/spins'
import { createPool } from '@spintrack/tenancy/pool'
import { createTenancy } from '@spintrack/tenancy/tenancy'
import { type Fate, openProxy } from '@spintrack/tenancy/testing/proxy'
import t from 'tap'
import { buildServer } from '../src/server.ts'
import { addSpinner, addToken, cheapHasher, startApi, unlimited, withToken, word } from './support/api.ts'
import { callsOf, place } from './support/calls.ts'
import { gate } from './support/gate.ts'
import { publicRoutes, registeredRoutes } from './support/routes.ts'
import { makeTarget, renew } from './support/target.ts'
import { type Visitor, visitor } from './support/visitor.ts'

const slow = gate()
const api = await startApi(t, { connections: 8, tenancy: slow.tenancy })
const founder = await api.founder()
const { company } = founder
// Whatever company the session moves to.
const ada = founder.tab({ 'x-company': company.id })
const spinner = await addSpinner(ada)
const spin = (fields: object = {}) => ({ spinnerId: spinner.id, durationMs: 1000, ...fields })
const under = (key: string) => ({ 'idempotency-key': key })
const newKey = () => word('key')

t.test(
  'every POST that needs a principal takes effect once under one key, and says that it repeats itself',
  async t => {
    const victim = await makeTarget(api)
    for (const route of await registeredRoutes()) {
      if (route.method !== 'POST' || publicRoutes.includes(route.name)) continue
      const target = await renew(api, victim)
      const [call = {}] = callsOf(route.name)?.(target) ?? []
      const owner = (await api.logIn(target.owner)).tab({ 'x-company': target.company.id, ...under(newKey()) })
      const send = () => place(owner, route, { ...call, body: call.own ?? call.body })
      const before = await everyCount()
      const first = await send()
      t.ok(first.status >= 200 && first.status < 300, `${route.name} answers ${first.status} ${first.text}`)
      t.notOk(first.headers['idempotency-replayed'], `${route.name} is done`)
      const after = await everyCount()
      t.strictNotSame(after, before, `${route.name} has an effect`)
      const second = await send()
      t.equal(second.headers['idempotency-replayed'], 'true', `${route.name} is not done again`)
      t.strictSame(await everyCount(), after, `${route.name} has one effect`)
      t.strictSame(told(second), told(first), `${route.name} answers the same`)
    }
  },
)

t.test('another request under the same key is refused, whatever is other about it', async t => {
  const key = under(newKey())
  const { body } = await ada.post<Spin>('/spins', spin(), key).expect(201)
  await ada.post('/spins', spin({ note: 'Another' }), key).expect('idempotency_key_reused')
  await ada.post('/spins?twice', spin(), key).expect('idempotency_key_reused')
  await ada.post('/spinners', { serialNumber: word('SN'), name: 'Other' }, key).expect('idempotency_key_reused')
  t.equal((await ada.post<Spin>('/spins', spin(), key).expect(201)).body.id, body.id)
})

t.test('a key is one person’s or one token’s, in one company', async t => {
  const ben = await api.person()
  await api.join(company, ben, 'member')
  const other = (await ada.post<Company>('/companies', { name: 'Other' }).expect(201)).body
  const key = newKey()
  const mine = await ada.post<Spin>('/spins', spin(), under(key)).expect(201)
  const theirs = await ben.tab(ada.headers).post<Spin>('/spins', spin(), under(key)).expect(201)
  t.not(theirs.body.id, mine.body.id)
  t.notOk(theirs.headers['idempotency-replayed'])
  const script = withToken(api, (await addToken(ada)).token)
  const itsOwn = await script.post<Spin>('/spins', spin(), under(key)).expect(201)
  t.notOk([mine.body.id, theirs.body.id].includes(itsOwn.body.id))
  const itsAgain = await script.post<Spin>('/spins', spin(), under(key)).expect(201)
  t.strictSame([itsAgain.headers['idempotency-replayed'], itsAgain.body.id], ['true', itsOwn.body.id])
  const spinnerThere = { serialNumber: word('SN'), name: 'There' }
  await ada.tab({ 'x-company': other.id }).post('/spinners', spinnerThere, under(key)).expect(201)
  const again = await ada.post<Spin>('/spins', spin(), under(key)).expect(201)
  t.strictSame([again.headers['idempotency-replayed'], again.body.id], ['true', mine.body.id])
})

t.test('a request that was refused may be sent again under its key', async t => {
  const key = under(newKey())
  const { id } = await addSpinner(ada)
  await ada.patch(`/spinners/${id}`, { status: 'retired' }).expect(200)
  await ada.post('/spins', spin({ spinnerId: id }), key).expect('spinner_retired')
  await ada.patch(`/spinners/${id}`, { status: 'active' }).expect(200)
  const done = await ada.post('/spins', spin({ spinnerId: id }), key).expect(201)
  t.notOk(done.headers['idempotency-replayed'])

  const again = under(newKey())
  await ada.post('/companies', { name: 'Taken', slug: company.slug }, again).expect('slug_taken')
  t.notOk((await ada.post('/companies', { name: 'Free' }, again).expect(201)).headers['idempotency-replayed'])
})

t.test('after a day a key is new, and its answer is gone', async t => {
  const key = under(newKey())
  const { body } = await ada.post<Spin>('/spins', spin(), key).expect(201)
  await api.sql(`update "${await tenant()}".idempotency_keys set created_at = now() - interval '24 hours 1 second'`)
  const again = await ada.post<Spin>('/spins', spin(), key).expect(201)
  t.not(again.body.id, body.id)
  t.equal((await ada.post<Spin>('/spins', spin(), key).expect(201)).body.id, again.body.id)
})

t.test('a key has 1 to 255 printable characters', async t => {
  for (const key of ['', 'ä', 'a\tb', 'k'.repeat(256)]) {
    const { errors } = await ada.post('/spins', spin(), under(key)).expect('invalid_request')
    t.match(errors, [{ path: '/headers/idempotency-key' }], JSON.stringify(key))
  }
  for (const key of ['0', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', 'k'.repeat(255)]) {
    await ada.post('/spins', spin(), under(key)).expect(201)
  }
})

t.test('where it can mean nothing the header is ignored', async () => {
  const key = under('')
  const { id } = await addSpinner(ada)
  await ada.get('/spins', key).expect(200)
  for (const name of ['A', 'B']) await ada.patch(`/spinners/${id}`, { name }, under('same')).expect(200)
  await ada.delete(`/spinners/${id}`, under('same')).expect(204)
  const account = { email: `${word('eve')}@example.com`, password: word('a password of'), name: 'Eve' }
  await api.stranger().post('/signup', account, under('same')).expect(201)
  await api.stranger().post('/signup', account, under('same')).expect('email_taken')
})

t.test('of twenty at once under one key one takes effect; the others repeat it or are asked to wait', async t => {
  const key = under(newKey())
  const note = word('note')
  const held = slow.hold()
  const running = ada.post<Spin>('/spins', spin({ note }), key)
  await held.reached(1)
  const refused = await ada.post('/spins', spin({ note }), key).expect('idempotency_key_in_use')
  t.match(refused.headers['retry-after'], /^\d+$/)
  held.release()
  const { body } = await running.expect(201)

  const many = under(newKey())
  const answers = await Promise.all(Array.from({ length: 20 }, () => ada.post<Spin>('/spins', spin({ note }), many)))
  const stored = answers.filter(({ status }) => status === 201)
  t.equal(stored.filter(({ headers }) => !headers['idempotency-replayed']).length, 1)
  t.equal(new Set(stored.map(({ body }) => body.id)).size, 1)
  t.ok(answers.every(({ status, code }) => status === 201 || code === 'idempotency_key_in_use'))
  const rows = await api.sql(`select id from "${await tenant()}".spins where note = $1`, [note])
  t.strictSame(rows.map(({ id }) => id).sort(), [body.id, stored[0]?.body.id].sort())
})

t.test('with a third of the answers cut at COMMIT there are as many effects as keys', async t => {
  let commits = 0
  let cuts = 0
  const judge = (message: string): Fate => {
    if (!/^Q....commit\0/s.test(message) || ++commits % 3 > 0) return 'pass'
    return ++cuts % 4 > 0 ? 'loseAnswer' : 'lose'
  }
  const someone = await through(t, judge)
  const note = word('note')
  const unknown = new Set()
  const keys = Array.from({ length: 36 }, newKey)
  const ids = await Promise.all(
    keys.map(async key => {
      for (;;) {
        const { status, code, body, text } = await someone.post<Spin>('/spins', spin({ note }), under(key))
        if (status === 201) return body.id
        if (code === 'outcome_unknown') t.match(text, 'same Idempotency-Key')
        else if (code !== 'idempotency_key_in_use') throw new Error(text)
        unknown.add(key)
      }
    }),
  )
  t.ok(cuts >= 12, `${cuts} answers were cut`)
  t.ok(unknown.size >= 8, `${unknown.size} requests were sent again`)
  const rows = await api.sql<{ id: string }>(`select id from "${await tenant()}".spins where note = $1`, [note])
  t.strictSame(rows.map(({ id }) => id).sort(), ids.sort(), 'one for each key, and each was told of its own')
})

/** Ada, through a network in between. */
async function through(t: Tap, judge: (message: string) => Fate): Promise<Visitor> {
  const pool = createPool({ connectionString: await openProxy(t, api.database.appUrl, judge), max: 4 })
  const app = await buildServer({
    publicUrl: 'http://localhost:3000',
    sessionSecrets: ['a secret of tests that is long enough'],
    trustProxy: [],
    logger: false,
    rateLimits: unlimited,
    tenancy: createTenancy(pool),
    hasher: cheapHasher,
  })
  t.teardown(async () => {
    await app.close()
    await pool.end()
  })
  return visitor(app, new Map(ada.cookies), ada.headers)
}

type Tap = { teardown(work: () => unknown): void }

/** How many rows the tables have that a request may write to; jobs and tenants on standby come and go by themselves. */
async function everyCount(): Promise<Record<string, number>> {
  const tables = await api.sql<{ name: string }>(`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in (select name from tenants where state in ('ready', 'template'))
      or schemaname = 'public' and tablename not in ('tenants', 'rate_limits')
    order by 1`)
  const counts = tables.map(({ name }) => `select '${name}' as name, count(*)::int from ${name}`)
  const rows = await api.sql<{ name: string; count: number }>(counts.join(' union all '))
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
}

/** What somebody who does not look at Idempotency-Replayed learns of an answer. */
function told({ status, text, headers: { etag, location } }: Awaited<ReturnType<typeof place>>) {
  return { status, etag, location, text: createHash('sha256').update(text).digest('hex') }
}

async function tenant(): Promise<string> {
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [company.id])
  return row?.tenant ?? ''
}
