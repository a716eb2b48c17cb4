import t from 'tap'
import { formatDuration, parseDuration, stopwatchFace, typeDuration } from '../src/duration.ts'

t.test('durations are read as people write them', async t => {
  const cases: [string, number | null][] = [
    ['1:30', 90_000],
    ['0:05.4', 5_400],
    ['1:02:03', 3_723_000],
    ['90s', 90_000],
    ['90', 90_000],
    ['2m 5s', 125_000],
    ['2m5s', 125_000],
    ['1h', 3_600_000],
    ['1.5m', 90_000],
    ['1,5 min', 90_000],
    ['800ms', 800],
    [' 12 sec ', 12_000],
    ['', null],
    ['1:75', null],
    ['-5s', null],
    ['5 parsecs', null],
    ['s', null],
  ]
  for (const [typed, ms] of cases) t.equal(parseDuration(typed), ms, JSON.stringify(typed))
})

t.test('what stands in the field of an existing spin means that spin to the millisecond', async t => {
  for (const ms of [1, 999, 1_000, 5_400, 59_999, 60_000, 61_001, 3_599_999, 3_600_000, 3_723_456, 86_400_000]) {
    t.equal(parseDuration(typeDuration(ms)), ms, typeDuration(ms))
  }
})

t.test('durations are precise where they are short and brief where they are long', async t => {
  t.equal(formatDuration(2_223), '2.22s')
  t.equal(formatDuration(42_300), '42.3s')
  t.equal(formatDuration(59_999), '1m 0s')
  t.equal(formatDuration(125_000), '2m 5s')
  t.equal(formatDuration(3_870_000), '1h 4m')
})

t.test('the stopwatch always shows a tenth', async t => {
  t.equal(stopwatchFace(0), '0:00.0')
  t.equal(stopwatchFace(7_456), '0:07.4')
  t.equal(stopwatchFace(720_000), '12:00.0')
})
