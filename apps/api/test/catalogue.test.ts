import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ProblemCode, problems } from '@spintrack/contract/problems'
import t from 'tap'
import { keyRefusals } from '../src/answers.ts'
import { openApiDocument } from '../src/openapi.ts'

type Response = {
  description: string
  headers?: Record<string, unknown>
  content?: Record<string, { schema: { $ref?: string } }>
}
type Operation = { operationId: string; parameters?: { $ref?: string }[]; responses: Record<string, Response> }
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, unknown> } }

const document = (await openApiDocument()) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, ...operation })),
)

/** The codes that an answer's description lists. */
function codes({ description }: Response): string[] {
  return [...description.matchAll(/`([a-z_]+)`: /g)].map(([, code]) => code as string)
}

/** Codes no route documents, and why. */
const undocumented: Partial<Record<ProblemCode, string>> = {
  method_not_allowed: 'an address under another method is no route',
  outcome_unknown: 'any change, when the connection is lost while it is committed',
}

t.test('every code is documented by a route, or has a reason not to be', async t => {
  const documented = new Set(operations.flatMap(({ responses }) => Object.values(responses).flatMap(codes)))
  const left = Object.keys(problems).filter(code => !documented.has(code))
  t.strictSame(left.sort(), Object.keys(undocumented).sort())
})

t.test('a documented code is in the catalogue, under its own status and with its own title', async t => {
  for (const { name, responses } of operations) {
    for (const [status, response] of Object.entries(responses)) {
      for (const code of codes(response)) {
        const entry = problems[code as ProblemCode]
        t.ok(entry, `${name} documents ${code}`)
        t.equal(entry?.status, Number(status), `${name} ${code}`)
        t.match(response.description, `\`${code}\`: ${entry?.title}`)
      }
    }
  }
})

t.test('every refusal of every route is a Problem that says which, and every answer has a shape', async t => {
  for (const { name, responses } of operations) {
    t.ok(
      Object.keys(responses).some(status => status.startsWith('2')),
      `${name} says what it answers`,
    )
    for (const [status, response] of Object.entries(responses)) {
      if (Number(status) >= 400) {
        t.strictSame(Object.keys(response.content ?? {}), ['application/problem+json'], `${name} ${status}`)
        t.match(response.content?.['application/problem+json']?.schema.$ref, /\/Problem$/)
        t.not(codes(response).length, 0, `${name} ${status} names its codes`)
      } else if (!['204', '304'].includes(status)) {
        const shapes = Object.values(response.content ?? {})
        t.ok(shapes.length > 0 && shapes.every(({ schema }) => schema), `${name} ${status} has a shape`)
      }
    }
  }
})

/** The routes without a session. */
const open = [
  'signUp',
  'logIn',
  'getInvite',
  'confirmEmailByLink',
  'confirmEmailByCode',
  'requestPasswordReset',
  'resetPassword',
]

t.test('every route is ready for bad input and faults; those with a session for a missing one', async t => {
  for (const { name, operationId, responses } of operations) {
    for (const status of ['400', '500', '503', ...(open.includes(operationId) ? [] : ['401'])]) {
      t.ok(responses[status], `${name} documents ${status}`)
    }
    if (!name.startsWith('GET ')) t.ok(codes(responses['403'] as Response).includes('cross_site_request'), name)
  }
})

t.test(
  'every POST with a principal takes an idempotency key and says what may come of it, and nothing else does',
  async t => {
    for (const { name, operationId, parameters = [], responses } of operations) {
      const takes = parameters.some(({ $ref }) => $ref?.endsWith('/Idempotency-Key'))
      t.equal(takes, name.startsWith('POST ') && !open.includes(operationId), name)
      const documented = Object.values(responses).flatMap(codes)
      for (const code of keyRefusals) t.equal(documented.includes(code), takes, `${name} ${code}`)
      for (const [status, { headers = {} }] of Object.entries(responses)) {
        t.equal('Idempotency-Replayed' in headers, takes && status.startsWith('2'), `${name} ${status}`)
      }
    }
  },
)

t.test('every answer of every route documents the limits, and one that asks for patience how much', async t => {
  for (const { name, responses } of operations) {
    for (const [status, { headers = {} }] of Object.entries(responses)) {
      for (const header of ['Limit', 'Remaining', 'Reset']) t.ok(`RateLimit-${header}` in headers, `${name} ${status}`)
      t.equal('Retry-After' in headers, ['429', '503'].includes(status), `${name} ${status}`)
    }
    t.ok(responses['429'], `${name} documents 429`)
  }
})

t.test('no two routes have one operation id', async t => {
  const ids = operations.map(({ operationId }) => operationId)
  t.equal(new Set(ids).size, ids.length)
})

t.test('a code the catalogue has is used by the sources, and one they use is in the catalogue', async t => {
  const root = join(import.meta.dirname, '../../..')
  const folders = ['apps/api/src', 'packages/domain/src']
  const sources = folders.flatMap(folder => read(join(root, folder))).join('\n')
  for (const code of Object.keys(problems)) t.ok(sources.includes(`'${code}'`), `${code} is used`)
  for (const [, code] of sources.matchAll(/new ProblemError\(\s*'([^']+)'/g))
    t.ok(code && code in problems, `${code} exists`)
})

function read(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => readFileSync(join(folder, name), 'utf8'))
}
