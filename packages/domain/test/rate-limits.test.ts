import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { createRateLimits, type RateLimitOptions } from '../src/rate-limits.ts'

const { tenancy, owner } = await testDatabase(t, { connections: 4 })
const { control } = tenancy
const windowMs = 60_000
const start = Date.parse('2026-01-01T00:00:00Z')

t.beforeEach(() => owner.query('delete from rate_limits'))

t.test('what is counted while the sums are on their way is added the next time', async t => {
  const { limits, take } = counting()
  take(2)
  const underWay = limits.reconcile()
  take(3)
  await underWay
  t.strictSame(await stored(), ['a 2'])
  t.equal(take(1), 4, 'and is not given back meanwhile')
  await limits.reconcile()
  t.strictSame(await stored(), ['a 6'])
})

t.test('sums of a window that ended while they were on their way are not those of the next', async t => {
  const { limits, take, clock } = counting()
  take(9)
  const underWay = limits.reconcile()
  clock.now += windowMs
  t.equal(take(1), 9)
  await underWay
  t.equal(take(1), 8)
})

t.test('more callers than are remembered: the one known longest begins anew', async t => {
  const { limits, clock } = counting({ maxCallers: 2 })
  const left = (caller: string) => limits.take(caller, 10).remaining
  t.strictSame([left('a'), left('b'), left('b'), left('c'), left('b'), left('a')], [9, 9, 8, 9, 7, 9])
  clock.now += windowMs
  t.strictSame([left('c'), left('d')], [9, 9])
  await limits.reconcile()
  t.strictSame(await stored(), ['c 1', 'd 1'], 'and a window takes its callers along')
})

t.test('processes that add the same callers at once do not lock each other out', async t => {
  const callers = Array.from({ length: 300 }, (_, index) => `caller ${index}`)
  const processes = [callers, callers.toReversed(), callers, callers.toReversed()].map(order => {
    const { limits } = counting()
    return { limits, order }
  })
  for (let round = 1; round <= 3; round++) {
    for (const { limits, order } of processes) for (const caller of order) limits.take(caller, 1000)
    await Promise.all(processes.map(({ limits }) => limits.reconcile()))
  }
  t.strictSame(new Set((await stored()).map(line => line.split(' ').at(-1))), new Set(['12']))
})

/** Counts as a process of its own, on a clock that stands still. `take` says what is left of ten. */
function counting(options: Partial<RateLimitOptions> = {}) {
  const clock = { now: start }
  const limits = createRateLimits({ control, windowMs, now: () => clock.now, ...options })
  const take = (times: number) => {
    let left = 0
    for (let taken = 0; taken < times; taken++) left = limits.take('a', 10).remaining
    return left
  }
  return { limits, clock, take }
}

async function stored(): Promise<string[]> {
  const { rows } = await owner.query<{ line: string }>(
    "select caller || ' ' || used as line from rate_limits order by caller",
  )
  return rows.map(({ line }) => line)
}
