import { testDatabase } from '@spintrack/database/testing'
import { provision } from '@spintrack/tenancy/provision'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { underKey } from '../src/idempotency.ts'
import { newId } from '../src/ids.ts'

const { tenancy, owner, blueprint } = await testDatabase(t)
const home = await provision(owner, blueprint)
const principalId = newId()
const code = (code: string) => ({ name: 'ProblemError', code })

t.test('a value comes back as JSON has it, and what is undefined may be run again', async t => {
  const at = new Date('2026-01-01T00:00:00Z')
  let runs = 0
  const run = async <T>(key: string, value: T) => {
    const { engine, replays } = request(key)
    const given = await engine.scope(home, {}, async () => {
      runs++
      return value
    })
    return [given, replays(), runs]
  }
  const value = { at, none: null, list: [1, 'ä', { deep: true }] }
  t.strictSame(await run('value', value), [value, 0, 1])
  t.strictSame(await run('value', value), [{ ...value, at: at.toJSON() }, 1, 1])
  t.strictSame(await run('nothing', undefined), [undefined, 0, 2])
  t.strictSame(await run('nothing', undefined), [undefined, 0, 3])
  t.strictSame(await run('null', null), [null, 0, 4])
  t.strictSame(await run('null', null), [null, 1, 4])
})

t.test('a control transaction keeps its key in the company it is given, and a job is added once', async t => {
  const add = async () => {
    const { engine, replays } = request('control')
    const added = await engine.transaction(async (db, enter) => {
      await db.execute(sql`select add_job('roll_up', '{}', null, null, 1)`)
      return enter(home, async inside => (await inside.execute(sql`select current_schema() as name`)).rows)
    })
    return [added, replays()]
  }
  t.strictSame(await add(), [[{ name: home.name }], 0])
  t.strictSame(await add(), [[{ name: home.name }], 1])
  t.equal((await owner.query('select from graphile_worker._private_jobs')).rowCount, 1)
  t.equal((await owner.query('select from account_idempotency_keys')).rowCount, 0)
})

t.test('a request writes in one transaction: a second one is a mistake of ours', async t => {
  const { engine } = request('twice')
  await engine.scope(home, {}, async () => 1)
  await t.rejects(
    engine.scope(home, {}, async () => 2),
    /its second/,
  )
  t.equal(await engine.scope(home, { readOnly: true }, async () => 3), 3, 'but it may read')
})

t.test('one that another process was quicker with is rolled back', async t => {
  const { engine } = request('raced')
  const late = engine.scope(home, {}, async db => {
    await db.execute(sql`insert into spinners (id, serial_number, name) values (${newId()}, 'raced', 'Raced')`)
    await owner.query(
      `insert into "${home.name}".idempotency_keys (principal_id, key, request_hash, value) values ($1, 'raced', 'hash', '1')`,
      [principalId],
    )
    return 2
  })
  await t.rejects(late, code('idempotency_key_in_use'))
  t.equal((await owner.query(`select from "${home.name}".spinners`)).rowCount, 0)
  t.equal(await request('raced').engine.scope(home, {}, async () => 3), 1)
})

/** The engine as one request has it. */
function request(key: string) {
  let replays = 0
  const once = {
    principalId,
    key,
    requestHash: async () => 'hash',
    replayed() {
      replays++
    },
  }
  return { engine: underKey(tenancy, once, home), replays: () => replays }
}
