import { Ajv, type FormatDefinition } from 'ajv'
import addFormats from 'ajv-formats'
import plugin from 'fastify-plugin'
import { namedSchemas } from '../named-schemas.ts'
import type { App } from '../types.ts'

/**
 * Validates requests against the contract. Nothing is dropped or converted in a body: an unknown field or a number
 * written as text is refused. In a query, where everything is text, numbers are read out of it.
 */
export const validation = plugin(
  async (app: App) => {
    for (const schema of namedSchemas) app.addSchema(schema)
    const body = ajv({})
    const query = ajv({ coerceTypes: true, useDefaults: true })
    app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'querystring' ? query : body).compile(schema))
  },
  { name: 'validation' },
)

function ajv(options: { coerceTypes?: boolean; useDefaults?: boolean }): Ajv {
  const instance = new Ajv({
    allErrors: true,
    removeAdditional: false,
    allowUnionTypes: true,
    keywords: ['example'],
    ...options,
  })
  addFormats.default(instance, ['email', 'uuid'])
  instance.addFormat('date-time', dateTime)
  return instance
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/** RFC 3339, less the times that JavaScript or PostgreSQL cannot hold: leap seconds and the year 0. */
const dateTime: FormatDefinition<string> = {
  validate: text => rfc3339.test(text) && new Date(text).getTime() >= Date.parse('0001-01-02T00:00:00Z'),
}
