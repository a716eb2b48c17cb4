import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { openApiDocument } from '../../src/openapi.ts'

/** A JSON Schema, as far as the document uses it. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  anyOf?: Schema[]
  const?: unknown
  enum?: unknown[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  items?: Schema
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  properties?: Record<string, Schema>
  required?: string[]
  minProperties?: number
}

type Content = Record<string, { schema?: Schema }>

export type Parameter = { name: string; in: string; schema: Schema; required?: boolean }

export type Operation = {
  /** As the tests' tables name it: `PATCH /api/v1/spins/:id`. */
  name: string
  method: string
  /** With `:id` for each parameter. */
  url: string
  query: Parameter[]
  /** The names of the headers it reads. */
  headers: string[]
  /** Of its JSON body, if it takes one. */
  body: Schema | undefined
  /** Whether it wants to know who asks. */
  secured: boolean
  responses: Record<string, { description: string; content?: Content }>
}

/** The OpenAPI document as somebody reads it who has nothing else. */
export type Document = {
  operations: Operation[]
  resolve(schema: Schema): Schema
  /** Whether a value is what a schema says; with what is wrong on `errors`. */
  validator(schema: Schema): ValidateFunction
}

type Raw = {
  paths: Record<string, Record<string, RawOperation>>
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> }
}
type RawOperation = {
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { content: Content }
  security: Record<string, []>[]
  responses: Operation['responses']
}

export async function readDocument(): Promise<Document> {
  const { paths, components } = (await openApiDocument()) as Raw
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  // The references in the document point at its root.
  ajv.addSchema({ $id: 'document', components })
  const validators = new Map<Schema, ValidateFunction>()
  const validator = (schema: Schema) => {
    const known = validators.get(schema)
    if (known) return known
    const made = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')))
    validators.set(schema, made)
    return made
  }
  const resolve = (schema: Schema): Schema => {
    const name = schema.$ref?.split('/').at(-1)
    return name === undefined ? schema : resolve(components.schemas[name] ?? {})
  }
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, security, responses }]) => {
      const named = parameters.map(one =>
        '$ref' in one ? (components.parameters[one.$ref.split('/').at(-1) ?? ''] as Parameter) : one,
      )
      const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
      return {
        name: `${method.toUpperCase()} ${url}`,
        method: method.toUpperCase(),
        url,
        query: named.filter(parameter => parameter.in === 'query'),
        headers: named.filter(parameter => parameter.in === 'header').map(({ name }) => name),
        body: requestBody?.content['application/json']?.schema,
        secured: security.length > 0,
        responses,
      }
    }),
  )
  return { operations, resolve, validator }
}
