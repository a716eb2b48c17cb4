import fc from 'fast-check'
import t from 'tap'
import { type Form, jsonLines } from '../src/archive-json.ts'
import { copyText, readRows, type Value } from '../src/archive-rows.ts'

const forms: Form[] = ['text', 'number', 'boolean', 'text']
const columns = ['a', 'b', 'c', 'd']
const head = `${JSON.stringify(columns)}\n`

/** Texts with everything that COPY or JSON writes otherwise. NUL is not among what PostgreSQL stores. */
const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\\',
      '\t',
      '\n',
      '\r',
      '\b',
      '\f',
      '\v',
      '"',
      "'",
      '/',
      'N',
      '\\N',
      '\\.',
      '\u0001',
      '\u001f',
      '\u007f',
    ),
    fc.constantFrom('\\0', '\\x00', '\\u0000', '🌀', 'é', '\u2028', '[', ']', ',', 'null'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }).filter(unit => unit !== '\0'),
  ),
})
const rows = fc.array(
  fc.tuple(
    fc.option(nasty),
    fc.option(fc.integer({ min: -2147483648, max: 2147483647 })),
    fc.option(fc.boolean()),
    fc.option(nasty),
  ),
)

t.test('what COPY sends becomes JSON of the same values, and that again what COPY reads, cut anywhere', async t => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (rows, size) => {
      const copy = Buffer.from(rows.map(row => `${row.map(sent).join('\t')}\n`).join(''))
      const lines = jsonLines(forms)
      for (const piece of pieces(copy, size)) lines.add(piece)
      const json = lines.take().toString()
      t.equal(lines.length, 0)
      t.equal(lines.rows, rows.length)
      t.strictSame(
        json
          .split('\n')
          .slice(0, -1)
          .map(line => JSON.parse(line)),
        rows,
      )
      const batches = await collect(readRows(stream(pieces(Buffer.from(head + json), size)), 'x', columns))
      t.strictSame(batches.flat(), rows)
      const again = Buffer.concat(await collect(copyText(stream(batches)))).toString()
      t.strictSame(
        again
          .split('\n')
          .slice(0, -1)
          .map(line => line.split('\t').map(received)),
        rows.map(row => row.map(asText)),
      )
    }),
    { numRuns: 300 },
  )
})

t.test('a line of many pieces is read once it is whole', async t => {
  const long = 'x'.repeat(2_000_000)
  const json = Buffer.from(`["a"]\n${JSON.stringify([long])}\n`)
  t.strictSame((await collect(readRows(stream(pieces(json, 4_096)), 'x', ['a']))).flat(), [[long]])
})

const refused: Record<string, [json: string, reason: RegExp]> = {
  'no lines': ['', /tables\/x ends in the middle of a line/],
  'half a line': [`${head}[null,null`, /ends in the middle/],
  'other columns': ['["a","b","d","c"]\n', /begins with other columns than a, b, c, d/],
  'a value too many': [`${head}[1,2,3,4]\n[1,2,3,4,5]\n`, /something else than 4 values on line 3/],
  'a value too few': [`${head}[1,2,3]\n`, /line 2/],
  'an object': [`${head}[1,2,3,{}]\n`, /line 2/],
  'no array': [`${head}{}\n`, /line 2/],
  'no JSON': [`${head}[1,2,3,\n`, /line 2/],
}

for (const [what, [json, reason]] of Object.entries(refused)) {
  t.test(`${what}: refused with the place`, async t => {
    await t.rejects(collect(readRows(stream([Buffer.from(json)]), 'tables/x', columns)), {
      name: 'ArchiveRefused',
      message: reason,
    })
  })
}

t.test('bytes that are no text are not replaced by something else', async t => {
  await t.rejects(collect(readRows(stream([Buffer.from([0x22, 0xff, 0x22, 0x0a])]), 'x', ['a'])))
})

const copyEscapes: Record<string, string> = {
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\\': '\\',
}

/** As PostgreSQL sends a value; see "Text Format" of its manual on COPY. */
function sent(value: Value): string {
  if (value === null) return '\\N'
  if (typeof value === 'boolean') return value ? 't' : 'f'
  return String(value).replace(/[\b\f\n\r\t\v\\]/g, character => `\\${copyEscapes[character]}`)
}

/** As PostgreSQL understands a field. */
function received(field: string): string | null {
  if (field === '\\N') return null
  return field.replace(/\\(.)/g, (_, name) => Object.keys(copyEscapes).find(key => copyEscapes[key] === name) ?? name)
}

function asText(value: Value): string | null {
  return value === null ? null : String(value)
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

async function* stream<T>(values: T[]): AsyncGenerator<T> {
  yield* values
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all = []
  for await (const value of values) all.push(value)
  return all
}
