import { once } from 'node:events'
import { testDatabase } from '@spintrack/database/testing'
import t, { type Test } from 'tap'
import { hear } from '../src/hear.ts'
import { createPool, type Pool } from '../src/pool.ts'
import { openProxy } from './support/proxy.ts'

const { owner, pool, superuserUrl } = await testDatabase(t)

t.test('what a transaction notifies is heard once it commits, and never when it is rolled back', async t => {
  const { heard, connected } = await ear(t, pool)
  await connected()
  const client = await owner.connect()
  await client.query("begin; notify test_news, 'rolled back'; rollback")
  await client.query("begin; notify test_news, 'kept'; notify other_news, 'of another channel'; commit")
  client.release()
  t.equal(await heard(), 'kept')
})

t.test('a connection that is lost is made anew, and whoever listens is told', async t => {
  const { heard, connected, errors } = await ear(t, pool)
  const superuser = createPool({ connectionString: superuserUrl, max: 1 })
  t.teardown(() => superuser.end())
  for (let losses = 0; losses < 3; losses++) {
    await connected()
    await owner.query("notify test_news, 'still there'")
    t.equal(await heard(), 'still there')
    await superuser.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'spintrack api listener' and datname = current_database()",
    )
  }
  await connected()
  t.equal(errors.length, 3, 'once for each')
})

t.test('a connection on which everything stays away is made anew as well', async t => {
  let silent = false
  const address = await openProxy(t, pool.options.connectionString as string, message =>
    silent && message.includes('select') ? 'holdAnswer' : 'pass',
  )
  const through = createPool({ connectionString: address })
  const { heard, connected, failed } = await ear(t, through, { checkMs: 10, answerMs: 250 })
  await connected()
  silent = true
  await failed()
  silent = false
  await connected()
  await owner.query("notify test_news, 'still there'")
  t.equal(await heard(), 'still there')
})

t.test('it holds none of the connections of the pool', async t => {
  const single = createPool({ connectionString: pool.options.connectionString as string, max: 1 })
  t.teardown(() => single.end())
  const { connected } = await ear(t, single)
  await connected()
  t.equal(single.totalCount, 0)
  t.equal((await single.query('select 1 as one')).rows[0].one, 1)
})

t.test('where nobody answers it tries until it is stopped', async t => {
  const nowhere = createPool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
  const { errors, failed, listening } = await ear(t, nowhere)
  while (errors.length < 2) await failed()
  await listening.stop()
  const before = errors.length
  await listening.stop()
  t.equal(errors.length, before)
})

/** Somebody who listens on `test_news` until the test ends. */
async function ear(t: Test, pool: Pool, times: Parameters<typeof hear>[3] = {}) {
  const events = new EventTarget()
  const payloads: string[] = []
  const errors: unknown[] = []
  let connections = 0
  const tell = (name: string) => events.dispatchEvent(new Event(name))
  const listening = hear(
    pool,
    'test_news',
    {
      heard(payload) {
        payloads.push(payload)
        tell('heard')
      },
      connected() {
        connections++
        tell('connected')
      },
      onError(error) {
        errors.push(error)
        tell('failed')
      },
    },
    times,
  )
  t.teardown(() => listening.stop())
  return {
    listening,
    errors,
    failed: () => once(events, 'failed'),
    async heard() {
      while (payloads.length === 0) await once(events, 'heard')
      return payloads.shift()
    },
    async connected() {
      while (connections === 0) await once(events, 'connected')
      connections--
    },
  }
}
