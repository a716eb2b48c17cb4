import { once } from 'node:events'
import { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { limits } from '@spintrack/contract/limits'
import { createPool } from '@spintrack/tenancy/pool'
import t from 'tap'
import { isReceiving } from '../src/files/upload.ts'
import { addSpinner, type Founder, startApi } from './support/api.ts'
import { holding } from './support/holding.ts'
import { type Begin, type LiveRequest, listen } from './support/live.ts'

const api = await startApi(t)
const superuser = createPool({ connectionString: api.database.superuserUrl, max: 1 })
t.teardown(() => superuser.end())
const ada = await api.founder()
const spinner = await addSpinner(ada, { serialNumber: 'SN-1' })
const scriptOf = await listen(api)
const begin = await scriptOf(ada)
const sockets = new Set<Socket>()
api.app.server.on('connection', socket => {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
})

const csv = { 'content-type': 'text/csv' }
const head = 'serialNumber,durationMs,note\n'
const line = `SN-1,5,${'x'.repeat(200)}\n`

// Each has given its connection back before the next one begins.
t.afterEach(() => until(async () => (await streams()).length === 0))

t.test('a sender that goes away in the middle leaves nothing behind', async t => {
  const before = await count(ada)
  const sending = begin('POST', '/spins/import?partial=true', csv)
  sending.write(head + line.repeat(5_000))
  await until(async () => (await streams()).some(({ wait_event }) => wait_event === 'ClientRead'))
  sending.destroy()
  await until(async () => (await streams()).length === 0)
  t.equal(await count(ada), before)
  t.same(JSON.parse((await finish(begin('POST', '/spins/import', csv), head + line)).text).accepted, 1)
})

t.test('a sender that goes away once everything was sent, and nothing answered, leaves nothing behind', async t => {
  const before = await count(ada)
  const lock = await lockSpins(ada)
  const sending = begin('POST', '/spins/import', csv)
  sending.end(head + line.repeat(10))
  await lock.until(new Promise(() => {}))
  const closed = once(serverSide(sending), 'close')
  sending.destroy()
  await closed
  await lock.commit()
  await until(async () => (await streams()).length === 0)
  t.equal(await count(ada), before)
})

t.test('while the database takes nothing, no more of a file is read than fits', async t => {
  const before = await count(ada)
  const lock = await lockSpins(ada)
  const sending = begin('POST', '/spins/import', csv)
  sending.write(head)
  for (let sent = 0; sent < 64; sent++) sending.write(line.repeat(5_000))
  await lock.until(new Promise(() => {}))
  for (let turns = 0; turns < 2_000; turns++) await turn()
  const read = [...sockets].reduce((sum, socket) => sum + socket.bytesRead, 0)
  t.ok(read < 4 << 20, `${read} of ${64 * 5_000 * line.length} bytes were read`)
  sending.destroy()
  await lock.commit()
  await until(async () => (await streams()).length === 0)
  t.equal(await count(ada), before)
})

t.test(
  'who is still sending hears at once that the file is refused, and sends the next on the same connection',
  async t => {
    const sending = begin('POST', '/spins/import', { ...csv, connection: 'keep-alive' })
    sending.write('nonsense\n')
    const { status, text } = await sending.answer()
    t.strictSame([status, JSON.parse(text).code], [400, 'invalid_request'])
    sending.end(line.repeat(100_000))
    await once(sending, 'close')
  },
)

t.test('a file may take longer than other requests, and a connection that ends early is refused as before', async t => {
  const tooSlow = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
  const sending = begin('POST', '/spins/import', csv)
  sending.write(head + line)
  await until(async () => isReceiving(serverSide(sending)))
  api.app.server.emit('clientError', tooSlow, serverSide(sending))
  const { text } = await finish(sending, line)
  t.match(JSON.parse(text), { accepted: 2 }, text)

  const other = begin('POST', '/spins', { 'content-type': 'application/json' })
  other.write('{')
  await until(async () => sockets.has(serverSide(other)))
  t.notOk(isReceiving(serverSide(other)))
  api.app.server.emit('clientError', tooSlow, serverSide(other))
  t.equal((await other.answer()).status, 400)
})

t.test('whoever falls silent is cut off, and nothing is kept', async t => {
  const before = await count(ada)
  t.equal(api.app.server.timeout, 20_000)
  const sending = begin('POST', '/spins/import', csv)
  sending.write(head + line)
  await until(async () => (await streams()).length > 0)
  const closed = new Promise(resolve => sending.once('close', resolve))
  for (const socket of sockets) socket.setTimeout(100)
  await closed
  await until(async () => (await streams()).length === 0)
  t.equal(await count(ada), before)
})

t.test('so many files at once and no more, of a company and of all', async t => {
  const sending: LiveRequest[] = []
  const beginMore = async (who: Begin) => {
    const one = who('POST', '/spins/import', csv)
    one.write(head)
    sending.push(one)
    await until(async () => (await streams()).length === sending.length)
  }
  for (let n = 0; n < limits.transfers.company; n++) await beginMore(begin)
  for (const [method, path] of [
    ['POST', '/spinners/import'],
    ['GET', '/spins/export'],
  ] as const) {
    const { status, headers, text } = await finish(begin(method, path, csv))
    t.strictSame([status, JSON.parse(text).code], [429, 'too_many_transfers'])
    t.match(headers['retry-after'], /^\d+$/)
  }
  while (sending.length < limits.transfers.all) {
    const other = await scriptOf(await api.founder())
    for (let n = 0; n < limits.transfers.company; n++) await beginMore(other)
  }
  const another = await scriptOf(await api.founder())
  t.equal((await finish(another('GET', '/spins/export'))).status, 429)
  for (const one of sending) t.equal((await finish(one)).status, 200)
  t.equal((await finish(another('GET', '/spins/export'))).status, 200, 'when they have ended there is room again')
})

t.test('an export is read no faster than it is taken, and ends when nobody takes it', async t => {
  await api.sql(
    `insert into ${await spinsOf(ada)} (id, spinner_id, member_id, started_at, duration_ms, note)
     select gen_random_uuid(), $1, $2, now(), 5, repeat('x', 500) from generate_series(1, 100000)`,
    [spinner.id, ada.company.memberId],
  )
  for (const headers of [{}, { 'accept-encoding': 'gzip' }] as Record<string, string>[]) {
    const asking = begin('GET', '/spins/export', headers)
    asking.end()
    const [response] = await once(asking, 'response')
    response.pause()
    if (!('accept-encoding' in headers)) {
      await until(async () => (await streams()).some(({ wait_event }) => wait_event === 'ClientWrite'))
      const written = [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0)
      t.ok(written < 16 << 20, `${written} bytes of 60 million were sent`)
    }
    asking.destroy()
    await until(async () => (await streams()).length === 0)
  }
  const { text } = await finish(begin('GET', '/spins/export'))
  t.equal(text.split('\n').length, 2 + (await count(ada)), 'and the next one is whole')
})

t.test('an export is the state of one moment', async t => {
  const asking = begin('GET', '/spins/export')
  asking.end()
  const [response] = await once(asking, 'response')
  const before = await count(ada)
  await api.sql(`delete from ${await spinsOf(ada)}`)
  let rows = -1
  for await (const piece of response) rows += String(piece).split('\n').length - 1
  t.equal(rows, before)
})

t.test('an export that loses the database breaks off, and does not look whole', async t => {
  await api.sql(
    `insert into ${await spinsOf(ada)} (id, spinner_id, member_id, started_at, duration_ms, note)
     select gen_random_uuid(), $1, $2, now(), 5, repeat('x', 500) from generate_series(1, 100000)`,
    [spinner.id, ada.company.memberId],
  )
  const asking = begin('GET', '/spins/export')
  asking.end()
  const [response] = await once(asking, 'response')
  await until(async () => (await streams()).some(({ wait_event }) => wait_event === 'ClientWrite'))
  for (const { pid } of await streams()) await superuser.query('select pg_terminate_backend($1, 5000)', [pid])
  await t.rejects(async () => {
    for await (const _ of response);
  })
})

/** The other end of the connection that a request goes by. */
function serverSide({ socket }: LiveRequest): Socket {
  return [...sockets].find(({ remotePort }) => remotePort === socket?.localPort) ?? new Socket()
}

/** Sends the rest and gives the answer. */
function finish(sending: LiveRequest, rest = '') {
  sending.end(rest)
  return sending.answer()
}

/** The app's connections that are inside a transaction for longer than a query. */
async function streams() {
  const { rows } = await superuser.query<{ pid: number; wait_event: string | null }>(
    `select pid, wait_event from pg_stat_activity
     where datname = current_database() and usename = $1 and xact_start is not null`,
    [new URL(api.database.appUrl).username],
  )
  return rows
}

async function spinsOf({ company }: Founder): Promise<string> {
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [company.id])
  return `"${row?.tenant}".spins`
}

async function count(founder: Founder): Promise<number> {
  const [row] = await api.sql<{ count: number }>(`select count(*)::int from ${await spinsOf(founder)}`)
  return row?.count ?? -1
}

async function lockSpins(founder: Founder) {
  const table = await spinsOf(founder)
  const lock = await holding(api)
  await lock.query(`lock table ${table} in share mode`, [])
  return lock
}

async function until(question: () => Promise<boolean>): Promise<void> {
  while (!(await question())) await turn()
}
