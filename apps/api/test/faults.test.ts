import { createHasher } from '@spintrack/domain/hashing'
import { createPool } from '@spintrack/tenancy/pool'
import { createTenancy } from '@spintrack/tenancy/tenancy'
import t from 'tap'
import { buildServer } from '../src/server.ts'
import { addSpin, addSpinner, startApi, unlimited } from './support/api.ts'
import { gate } from './support/gate.ts'
import { publicRoutes, registeredRoutes } from './support/routes.ts'
import { type Visitor, visitor } from './support/visitor.ts'

const slow = gate()
const api = await startApi(t, { connections: 4, tenancy: slow.tenancy })

const superuser = createPool({ connectionString: api.database.superuserUrl, max: 1 })
t.teardown(() => superuser.end())

/** Ends every connection of the app's pool, whatever it is doing. */
async function terminate(): Promise<number> {
  const { rowCount } = await superuser.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where usename = 'spintrack_app' and datname = current_database()`,
  )
  return rowCount ?? 0
}

/** A connection that has died may be handed out once more before its end is noticed; a second later none is. */
async function back(someone: Visitor): Promise<void> {
  const deadline = Date.now() + 1_000
  while ((await someone.get('/spinners')).status !== 200) {
    if (Date.now() > deadline) throw new Error('The service is not back within a second')
  }
}

t.test('a backend that is terminated in the middle of requests costs an answer at most, never the process', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  for (let round = 0; round < 5; round++) {
    const held = slow.hold()
    const requests = [
      ada.get('/spinners'),
      ada.get('/statistics/summary'),
      ada.post('/spins', { spinnerId: spinner.id, durationMs: 1 }),
    ]
    await held.reached(requests.length)
    await terminate()
    held.release()
    for (const { status, code, text } of await Promise.all(requests)) {
      t.ok(status < 300 || (status === 503 && code !== 'internal'), `${status} ${text.slice(0, 200)}`)
    }
    await back(ada)
  }
})

t.test('whatever is answered while backends are terminated, what was acknowledged is stored', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  let running = true
  const killer = (async () => {
    let kills = 0
    while (running) kills += await terminate()
    return kills
  })()
  const acknowledged: string[] = []
  const odd = []
  const unknown = []
  for (let turn = 0; turn < 12; turn++) {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => ada.post<{ id: string }>('/spins', { spinnerId: spinner.id, durationMs: 1 })),
    )
    for (const { status, code, body } of answers) {
      if (status === 201) acknowledged.push(body.id)
      else if (code === 'outcome_unknown') unknown.push(code)
      else if (code !== 'unavailable') odd.push({ status, code })
    }
  }
  running = false
  t.ok((await killer) > 5, 'backends were terminated all the while')
  t.strictSame(odd, [])
  await back(ada)
  const { body } = await ada.get<{ spins: number }>('/statistics/summary').expect(200)
  const stored = []
  for (const id of acknowledged) stored.push((await ada.get(`/spins/${id}`)).status)
  t.ok(stored.every(status => status === 200))
  t.ok(body.spins >= acknowledged.length && body.spins <= acknowledged.length + unknown.length, 'and nothing else')
})

t.test('without a database every route says so, and is never open', async t => {
  const pool = createPool({ connectionString: 'postgres://spintrack_app@127.0.0.1:1/none', max: 2 })
  const app = await buildServer({
    publicUrl: 'http://localhost:3000',
    sessionSecrets: ['a secret of tests that is long enough'],
    trustProxy: [],
    logger: false,
    rateLimits: unlimited,
    tenancy: createTenancy(pool),
    hasher: createHasher({ parameters: { memoryCost: 1024, timeCost: 2, parallelism: 1 } }),
  })
  t.teardown(async () => {
    await app.close()
    await pool.end()
  })
  const ada = await api.founder()
  // The same secret signed it, so only the database could tell whether it still counts.
  const someone = visitor(app, new Map(ada.cookies))
  const { email, password } = ada
  /** What is refused before the database is asked must be right. */
  const bodies: Record<string, object> = {
    'POST /api/v1/signup': { email, password, name: 'Ada' },
    'POST /api/v1/session': { email, password },
    'POST /api/v1/email-verifications': { email, code: '7KQ2-M9XB' },
    'POST /api/v1/password-resets': { email },
    'PUT /api/v1/password-resets/:token': { password },
  }
  for (const { method, url, name } of await registeredRoutes()) {
    if (publicRoutes.includes(name.replace(/^HEAD/, 'GET')) && !url.startsWith('/api/v1/')) continue
    const body = bodies[name]
    const { status, code, headers } = await someone.send(method, url.replace(/:(id|token)/, ada.company.id), { body })
    t.strictSame([status, method === 'HEAD' ? 'unavailable' : code], [503, 'unavailable'], name)
    t.match(headers['retry-after'], /^\d+$/)
  }
  t.same((await someone.get('/health/live').expect(200)).body, { status: 'ok' })
  t.same((await someone.get('/health/ready').expect(503)).body, { status: 'unavailable', failing: ['database'] })
  t.equal((await someone.get('/api/openapi.json')).status, 200)
})

t.test('the API is ready while there is a database', async t => {
  t.same((await api.stranger().get('/health/ready').expect(200)).body, { status: 'ok' })
  t.same((await api.stranger().get('/health/live').expect(200)).body, { status: 'ok' })
})

t.test('rows that somebody else is changing are waited for, but not for long', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const [row] = await api.sql('select tenant from companies where id = $1', [ada.company.id])
  const client = await api.database.owner.connect()
  try {
    await client.query(`begin; select from "${row?.tenant}".spinners where id = '${spinner.id}' for update`)
    const started = Date.now()
    const { headers } = await ada.patch(`/spinners/${spinner.id}`, { name: 'Waiting' }).expect('unavailable')
    t.match(headers['retry-after'], /^\d+$/)
    t.ok(Date.now() - started < 8_000)
  } finally {
    await client.query('rollback')
    client.release()
  }
  await ada.patch(`/spinners/${spinner.id}`, { name: 'Free' }).expect(200)
})

t.test('a burst larger than the pool waits its turn and is answered', async t => {
  const ada = await api.founder()
  const spinner = await addSpinner(ada)
  const answers = await Promise.all(Array.from({ length: 60 }, () => addSpin(ada, spinner)))
  t.equal(new Set(answers.map(({ id }) => id)).size, 60)
})
