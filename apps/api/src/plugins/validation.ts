import { isId } from '@spintrack/domain/ids'
import { Ajv, type FormatDefinition } from 'ajv'
import addFormats from 'ajv-formats'
import plugin from 'fastify-plugin'
import { namedSchemas } from '../named-schemas.ts'
import type { App } from '../types.ts'

/**
 * Validates requests against the contract. Nothing is dropped or converted in a body: an unknown field or a number
 * written as text is refused. In a query, where everything is text, whole numbers and booleans are read out of it.
 */
export const validation = plugin(
  async (app: App) => {
    for (const schema of namedSchemas) app.addSchema(schema)
    const body = ajv({})
    const query = ajv({ useDefaults: true })
    app.setValidatorCompiler<Schema>(({ schema, httpPart }) => {
      if (httpPart !== 'querystring') return body.compile(schema)
      const validate = query.compile(schema)
      const readable = Object.entries(schema.properties ?? {}).flatMap(([name, { type }]) => {
        const read = readers[String(type)]
        return read ? [{ name, read }] : []
      })
      return (value: Query) => {
        for (const { name, read } of readable) value[name] = read(value[name])
        return validate(value) ? { value } : { error: validate.errors ?? [] }
      }
    })
  },
  { name: 'validation' },
)

type Schema = { properties?: Record<string, { type?: unknown }> }
type Query = Record<string, unknown>

const readers: Record<string, (value: unknown) => unknown> = {
  integer: wholeNumber,
  boolean: value => ({ true: true, false: false })[String(value)] ?? value,
}

/** Ajv's own coercion takes `1e400` for a number, which is infinite and then passes every maximum. */
export function wholeNumber(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
}

function ajv(options: { useDefaults?: boolean }): Ajv {
  const instance = new Ajv({
    allErrors: true,
    removeAdditional: false,
    allowUnionTypes: true,
    keywords: ['example'],
    ...options,
  })
  addFormats.default(instance, ['email'])
  // The one of ajv-formats also takes `urn:uuid:…`, which PostgreSQL does not.
  instance.addFormat('uuid', isId)
  instance.addFormat('date-time', dateTime)
  return instance
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)[Tt](?!24)\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
const earliest = Date.parse('1000-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

/**
 * RFC 3339, less the times that JavaScript or PostgreSQL cannot hold or reads otherwise than the other wrote them: leap
 * seconds and years outside 1000 to 9999. JavaScript takes 30 February for 2 March, so the day must be one that it
 * gives back.
 */
const dateTime: FormatDefinition<string> = {
  validate(text) {
    const day = rfc3339.exec(text)?.[1]
    const time = Date.parse(text)
    if (day === undefined || !(time >= earliest && time <= latest)) return false
    return new Date(`${day}T00:00:00Z`).toISOString().startsWith(`${day}T`)
  },
}
