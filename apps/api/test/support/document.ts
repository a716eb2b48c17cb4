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

export type Operation = {
  /** As the tests' tables name it: `PATCH /api/v1/spins/:id`. */
  name: string
  method: string
  /** With `:id` for each parameter. */
  url: string
  query: { name: string; schema: Schema; required?: boolean }[]
  /** Of its JSON body, if it takes one. */
  body: Schema | undefined
  /** Whether it wants to know who asks, and which company is meant. */
  secured: boolean
  inCompany: boolean
  responses: Record<string, { content?: Content }>
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
  components: { schemas: Record<string, Schema> }
}
type RawOperation = {
  parameters?: { name: string; in: string; schema: Schema; required?: boolean; $ref?: string }[]
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
      const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
      return {
        name: `${method.toUpperCase()} ${url}`,
        method: method.toUpperCase(),
        url,
        query: parameters.filter(parameter => parameter.in === 'query'),
        body: requestBody?.content['application/json']?.schema,
        secured: security.length > 0,
        inCompany: '409' in responses && security.some(way => 'token' in way),
        responses,
      }
    }),
  )
  return { operations, resolve, validator }
}
