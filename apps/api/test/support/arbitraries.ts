import fc from 'fast-check'
import type { Document, Schema } from './document.ts'

/** Any value that a schema of the document allows. Strings are of any characters but NUL, which no text may hold. */
export function allowed(document: Document, given: Schema): fc.Arbitrary<unknown> {
  const schema = document.resolve(given)
  const { type, anyOf, const: constant, enum: values } = schema
  if (constant !== undefined) return fc.constant(constant)
  if (values) return fc.constantFrom(...values)
  if (anyOf) return fc.oneof(...anyOf.map(one => allowed(document, one)))
  if (Array.isArray(type)) return fc.oneof(...type.map(one => allowed(document, { ...schema, type: one })))
  const make = byType[type ?? '']
  if (!make) throw new Error(`Expected a schema that this test can follow, got ${JSON.stringify(schema)}`)
  // What it generates is looked at with the document's own eyes: `not`, and limits in other units, are left to it.
  return make(document, schema).filter(value => document.validator(given)(value) as boolean)
}

const byType: Record<string, (document: Document, schema: Schema) => fc.Arbitrary<unknown>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: (_, { minimum = -1e9, maximum = 1e9 }) => fc.integer({ min: minimum, max: maximum }),
  string: (_, schema) => text(schema),
  array: (document, { items = {}, minItems = 0, maxItems = 3, uniqueItems }) => {
    const bounds = { minLength: minItems, maxLength: Math.min(maxItems, minItems + 3) }
    const item = allowed(document, items)
    return uniqueItems ? fc.uniqueArray(item, bounds) : fc.array(item, bounds)
  },
  object: (document, { properties = {}, required = [] }) =>
    fc.record(
      Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, allowed(document, property)])),
      { requiredKeys: required },
    ),
}

function text({ format, pattern, minLength = 0, maxLength = 200 }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid({ version: 7 })
  if (format === 'email') return fc.emailAddress()
  if (format === 'date-time') return time
  if (pattern && pattern !== '\\S') return fc.stringMatching(new RegExp(pattern))
  const bounds = { minLength, maxLength: Math.min(maxLength, 200) }
  return fc
    .oneof(fc.string({ unit: 'binary', ...bounds }), fc.string({ unit: 'grapheme', ...bounds }))
    .map(value => value.replaceAll('\0', '.'))
}

const time = fc
  .date({ min: new Date('1000-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .chain(date => fc.constantFrom(date.toISOString(), date.toISOString().replace('Z', '+05:30')))

/** Values of every kind that a schema of the document does not allow. */
export function refused(document: Document, schema: Schema): fc.Arbitrary<unknown> {
  const { maxLength = 5_000, minimum = 0, maximum = 1e6 } = document.resolve(schema)
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom(...hostile) },
      { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
      fc.constantFrom(minimum - 1, maximum + 1, minimum + 0.5),
      fc.constant('x'.repeat(maxLength + 1)),
      fc.string({ unit: 'binary' }),
    )
    .filter(value => !document.validator(schema)(value))
}

const hostile: unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\0',
  '\ud800',
  "'; drop table spins; --",
  '../../etc/passwd',
  '2026-02-30T00:00:00Z',
  '00000000-0000-0000-0000-00000000000g',
  [],
  [[]],
  {},
  { $ne: null },
]
