import t from 'tap'
import { csv } from '../src/csv.ts'

t.test('values that hold separators are quoted, numbers and nothing are not', async t => {
  const line = (value: string | number | null) => csv([], [[value, 1]]).slice(2)
  t.equal(line('a, b'), '"a, b",1\r\n')
  t.equal(line('say "hi"'), '"say ""hi""",1\r\n')
  t.equal(line('two\nlines'), '"two\nlines",1\r\n')
  t.equal(line('plain'), 'plain,1\r\n')
  t.equal(line(null), ',1\r\n')
  t.equal(line(-5), '-5,1\r\n')
})

t.test('no spreadsheet takes a value for a formula', async t => {
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    const [, value] = csv(['heading'], [[`${start}cmd|' /C calc'!A0`]]).split('heading\r\n')
    t.match(value, /^"?'[=+\-@\t\r]cmd/, JSON.stringify(start))
  }
  t.equal(csv(['h'], [['=A1,"x"']]), 'h\r\n"\'=A1,""x"""\r\n', 'also one that must be quoted')
})
