import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import openapiTS, { astToString } from 'openapi-typescript'
import t from 'tap'
import { examples, isOpen } from '../src/documented-examples.ts'
import { openApiDocument } from '../src/openapi.ts'
import { startApi } from './support/api.ts'
import { readDocument, type Schema } from './support/document.ts'
import { registeredRoutes } from './support/routes.ts'

const mend = 'run npm run api:generate and commit what it writes'
const committed = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')

t.test('the committed OpenAPI document is that of this code', async t => {
  const document = `${JSON.stringify(await openApiDocument(), null, 2)}\n`
  t.ok(committed('../openapi.json') === document, `apps/api/openapi.json is stale: ${mend}`)
})

t.test('the committed client is generated from the committed document', async t => {
  const generated = astToString(await openapiTS(committed('../openapi.json'), { alphabetize: true }))
  const client = committed('../../../packages/client/src/generated/schema.ts')
  t.ok(client.endsWith(generated), `packages/client/src/generated/schema.ts is stale: ${mend}`)
})

t.test('a linter finds nothing to say about the document', async t => {
  // An address as it stands comes before one with a parameter (OpenAPI 3.1, Paths Object): `/spins/batch` is no spin.
  const rules = { 'no-ambiguous-paths': 'off' } as const
  const config = await createConfig({ extends: ['recommended-strict'], rules })
  const found = await lintFromString({ source: committed('../openapi.json'), absoluteRef: 'openapi.json', config })
  t.strictSame(
    found.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`),
    [],
  )
})

t.test('every field that could hold anything has an example that it could hold', async t => {
  const { validator } = await readDocument()
  const document = JSON.parse(committed('../openapi.json'))
  const given = new Set<unknown>()
  const look = (schema: Schema & { examples?: unknown[]; default?: unknown }, path: string) => {
    for (const [name, property] of Object.entries(schema.properties ?? {})) look(property, `${path}.${name}`)
    for (const one of [schema.items ?? [], schema.anyOf ?? []].flat()) look(one, path)
    if (!isOpen(schema)) return
    const [example] = schema.examples ?? []
    given.add(example)
    const validate = validator(schema)
    t.ok(example !== undefined && validate(example), `${path}: ${JSON.stringify(example)}`)
  }
  for (const [name, schema] of Object.entries<Schema>(document.components.schemas)) look(schema, name)
  const operations = Object.values<Record<string, Raw>>(document.paths).flatMap(methods => Object.values(methods))
  for (const { operationId, parameters = [], requestBody } of operations) {
    for (const { schema } of Object.values(requestBody?.content ?? {})) look(schema, operationId)
    for (const { name, schema } of parameters) if (schema) look(schema, `${operationId}.${name}`)
  }
  const unused = Object.entries(examples).filter(([, example]) => !given.has(example))
  t.strictSame(unused, [], 'and no example is of a field that is gone')
})

type Raw = {
  operationId: string
  parameters?: { name?: string; schema?: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}

t.test('the API gives its document to whoever asks, and it is a 3.1 one with every route of version 1', async t => {
  const api = await startApi(t)
  const { body } = await api.stranger().get<Record<string, unknown>>('/api/openapi.json').expect(200)
  t.same(body, await openApiDocument())
  t.equal(body.openapi, '3.1.0')
  const described = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  const routes = (await registeredRoutes()).filter(({ url, method }) => url.startsWith('/api/v1/') && method !== 'HEAD')
  t.strictSame(described.sort(), routes.map(({ name }) => name).sort())
})
