import type { SpinnerStatistics, Summary } from '@spintrack/contract/statistics'
import t from 'tap'
import { addSpin, addSpinner, startApi } from './support/api.ts'
import { everyPage, type Page } from './support/pages.ts'

const api = await startApi(t)

const hour = 3_600_000
const start = Date.parse('2026-04-01T00:00:00Z')

/** A company with spins an hour apart, and the same figures in plain arrays. */
async function spun(durations: number[][]) {
  const ada = await api.founder()
  const spinners = []
  const spins: { spinner: number; startedAt: number; durationMs: number }[] = []
  for (const [index, list] of durations.entries()) {
    const spinner = await addSpinner(ada, { name: `Spinner ${index}` })
    spinners.push(spinner)
    for (const [turn, durationMs] of list.entries()) {
      const startedAt = start + (turn * durations.length + index) * hour
      await addSpin(ada, spinner, { durationMs, startedAt: new Date(startedAt).toISOString() })
      spins.push({ spinner: index, startedAt, durationMs })
    }
  }
  return { ada, spinners, spins }
}

function figures(durations: number[]) {
  const total = durations.reduce((sum, duration) => sum + duration, 0)
  return {
    spins: durations.length,
    totalDurationMs: total,
    averageDurationMs: durations.length > 0 ? Math.round(total / durations.length) : null,
    longestDurationMs: durations.length > 0 ? Math.max(...durations) : null,
  }
}

const periods = [
  {},
  { from: start },
  { to: start },
  { from: start + 2 * hour },
  { to: start + 5 * hour },
  { from: start + 2 * hour, to: start + 5 * hour },
  { from: start + 100 * hour },
  { from: start + 5 * hour, to: start + 2 * hour },
]

function query(period: { from?: number; to?: number }) {
  return new URLSearchParams(
    Object.entries(period).map(([name, time]) => [name, new Date(time).toISOString()] as [string, string]),
  )
}

const durations = [[1, 2, 4], [86_400_000, 86_400_000, 3], [], [7, 7]]

t.test('the summary adds up the spins of the period', async t => {
  const { ada, spins } = await spun(durations)
  for (const period of periods) {
    const { from = -Infinity, to = Infinity } = period
    const counted = spins.filter(({ startedAt }) => startedAt >= from && startedAt < to)
    const { body } = await ada.get<Summary>(`/statistics/summary?${query(period)}`).expect(200)
    t.strictSame(
      { ...body },
      { spinners: 4, members: 1, ...figures(counted.map(({ durationMs }) => durationMs)) },
      JSON.stringify(period),
    )
  }
})

t.test('spinners come by average duration, longest first, those without a spin last', async t => {
  const { ada, spinners, spins } = await spun(durations)
  for (const period of periods) {
    const { from = -Infinity, to = Infinity } = period
    const expected = spinners
      .map(({ id, name, serialNumber }, index) => {
        const own = spins.filter(s => s.spinner === index && s.startedAt >= from && s.startedAt < to)
        const lastSpinAt = own.length > 0 ? new Date(Math.max(...own.map(s => s.startedAt))).toISOString() : null
        return { spinnerId: id, name, serialNumber, ...figures(own.map(s => s.durationMs)), lastSpinAt }
      })
      .sort((a, b) => (b.averageDurationMs ?? -1) - (a.averageDurationMs ?? -1) || (a.spinnerId < b.spinnerId ? 1 : -1))
    for (const limit of [1, 3, 50]) {
      const found = await everyPage<SpinnerStatistics>(ada, `/statistics/spinners?limit=${limit}&${query(period)}`)
      t.same(found, expected, `${JSON.stringify(period)}, ${limit} a page`)
    }
  }
})

t.test('spinners with the same average all come, whatever the size of the page', async t => {
  const { ada, spinners } = await spun([[10], [5, 15], [10, 10, 10], [9, 10], [10, 9]])
  for (const limit of [1, 2, 3]) {
    const found = await everyPage<SpinnerStatistics>(ada, `/statistics/spinners?limit=${limit}`)
    t.strictSame(new Set(found.map(({ spinnerId }) => spinnerId)), new Set(spinners.map(({ id }) => id)))
    t.equal(found.length, 5)
  }
})

t.test('an empty company has figures too', async t => {
  const ada = await api.founder()
  const { body } = await ada.get<Summary>('/statistics/summary').expect(200)
  t.same(body, {
    spins: 0,
    spinners: 0,
    members: 1,
    totalDurationMs: 0,
    averageDurationMs: null,
    longestDurationMs: null,
  })
  t.same((await ada.get('/statistics/spinners').expect(200)).body, { items: [], nextCursor: null })
})

t.test(
  'a retired spinner counts with its spins, an unspun one does not, and a member who left is not counted',
  async t => {
    const { ada, spinners } = await spun([[5], []])
    const ben = await api.person()
    await api.join(ada.company, ben, 'viewer')
    const before = (await ada.get<Summary>('/statistics/summary')).body
    t.strictSame([before.spinners, before.members], [2, 2])
    for (const { id } of spinners) await ada.patch(`/spinners/${id}`, { status: 'retired' }).expect(200)
    await api.leave(ada.company, ben)
    const after = (await ada.get<Summary>('/statistics/summary')).body
    t.strictSame([after.spinners, after.members, after.spins], [0, 1, 1])
    const { items } = (await ada.get<Page<SpinnerStatistics>>('/statistics/spinners')).body
    t.strictSame(
      items.map(({ name }) => name),
      ['Spinner 0'],
    )
  },
)

t.test('what is deleted no longer counts', async t => {
  const { ada } = await spun([[5, 9]])
  const { items } = (await ada.get<Page<{ id: string }>>('/spins?limit=1')).body
  await ada.delete(`/spins/${items[0]?.id}`).expect(204)
  t.match((await ada.get<Summary>('/statistics/summary')).body, { spins: 1, totalDurationMs: 5, longestDurationMs: 5 })
})
