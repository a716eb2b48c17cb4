import { Type } from '@sinclair/typebox'
import t from 'tap'
import * as companies from '../src/companies.ts'
import * as session from '../src/session.ts'
import { closed, Nullable } from '../src/shapes.ts'
import * as spinners from '../src/spinners.ts'
import * as spins from '../src/spins.ts'
import * as statistics from '../src/statistics.ts'

type Schema = { type?: unknown; properties?: Record<string, Schema>; items?: Schema; additionalProperties?: unknown }

const shapes = Object.entries({ ...companies, ...session, ...spinners, ...spins, ...statistics }).filter(
  ([, shape]) => typeof shape === 'object' && 'type' in shape,
) as [string, Schema][]

t.test('every object on the wire is closed, those inside others too', async t => {
  t.ok(shapes.length > 15, 'there are shapes to look at')
  for (const [name, shape] of shapes) t.strictSame(open(name, shape), [])
})

t.test('a shape that may be null stays one type where it can', async t => {
  t.match(Nullable(Type.String({ maxLength: 3 })), { type: ['string', 'null'], maxLength: 3 })
  t.match(Nullable(closed({ name: Type.String() })), { type: ['object', 'null'], additionalProperties: false })
})

/** The paths of objects that would take a field nobody named. */
function open(path: string, schema: Schema): string[] {
  const isObject = [schema.type].flat().includes('object')
  return [
    ...(isObject && schema.additionalProperties !== false ? [path] : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => open(`${path}.${name}`, inner)),
    ...(schema.items ? open(`${path}[]`, schema.items) : []),
  ]
}
