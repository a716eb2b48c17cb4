import { PassThrough } from 'node:stream'
import t from 'tap'
import { openProgress } from '../src/progress.ts'

/** An output that keeps what it was told, and a clock that stands until it is moved. */
function desk(isTTY: boolean) {
  const output = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 200 })
  let time = 0
  return {
    output,
    now: () => time,
    pass: (ms: number) => {
      time += ms
    },
    written: () => output.read() ?? '',
  }
}

t.test('without a terminal there is a line a second at most, and the last one', async t => {
  const { pass, written, ...options } = desk(false)
  const view = openProgress('companies', options)
  pass(600)
  view.show({ done: 11, failed: 0, total: 20 })
  t.equal(written(), '', 'not yet')
  pass(400)
  view.show({ done: 11, failed: 1, total: 20 })
  t.equal(written(), '12/20 companies, 1 failed, 2.0 per second, 4 s left\n', 'from where an earlier process stopped')
  pass(999)
  view.show({ done: 12, failed: 1, total: 20 })
  t.equal(written(), '')
  view.stop()
  t.match(written(), /^13\/20 [^\n]*\n$/)
  view.stop()
  t.equal(written(), '', 'it is said once')
})

t.test('on a terminal there is a bar that grows with the total', async t => {
  const { pass, written, ...options } = desk(true)
  const view = openProgress('companies', options)
  pass(500)
  view.show({ done: 1, failed: 0, total: 4 })
  pass(500)
  view.show({ done: 1, failed: 1, total: 5 })
  view.stop()
  const shown = written()
  t.match(shown, /1\/4 companies, 0 failed, 2\.0 per second, 2 s left/)
  t.match(shown, /2\/5 companies, 1 failed, 2\.0 per second, 2 s left/)
})

t.test('nothing is shown where nothing was to do', async t => {
  for (const terminal of [true, false]) {
    const { written, pass: _, ...options } = desk(terminal)
    openProgress('companies', options).stop()
    t.equal(written(), '')
  }
})
