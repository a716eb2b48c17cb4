import { limits } from '@spintrack/contract/limits'
import type { ProblemCode } from '@spintrack/contract/problems'
import { keyRefusals, NotModified } from './answers.ts'

type Documented = Record<string, unknown>
type Operation = { parameters?: Documented[]; responses: Record<string, { description: string; headers?: Documented }> }

/** An OpenAPI document, as far as headers go. */
export type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { headers?: Documented; parameters?: Documented }
}

const count = { type: 'integer', minimum: 0 }

const rateLimits = {
  'RateLimit-Limit': { description: 'How many requests the caller may send in a minute', schema: count },
  'RateLimit-Remaining': { description: 'How many are left', schema: count },
  'RateLimit-Reset': { description: 'Seconds until all are there again', schema: count },
}

const retryAfter = { 'Retry-After': { description: 'Seconds until a retry makes sense', schema: count } }

const replayed = {
  'Idempotency-Replayed': {
    description: '`true` when this is the answer that the first request with the key got, and nothing was done again',
    schema: { type: 'string', enum: ['true'] },
  },
}

const etag = {
  ETag: { description: 'The version that this is, for `If-Match` and `If-None-Match`', schema: { type: 'string' } },
}

const { min, max } = limits.idempotencyKey

/** The headers that a request may carry, each with the words in an operation's answers that show that it is read. */
const parameters: Record<string, { shownBy: string; description: string; schema?: Documented }> = {
  'X-Company': {
    shownBy: code('company_required'),
    description:
      'The id or slug of the company that is meant, instead of the session’s. A token reaches its own alone.',
  },
  'Idempotency-Key': {
    shownBy: code(keyRefusals[0]),
    description:
      'Makes it safe to send the request again: for 24 hours the same key with the same request takes effect once and answers the same. A key is yours in this company alone.',
    schema: { type: 'string', minLength: min, maxLength: max },
  },
  'If-Match': {
    shownBy: code('stale_version'),
    description: 'The ETag of what you saw last: refused when somebody changed it since.',
  },
  'If-None-Match': {
    shownBy: NotModified.description ?? '',
    description: 'The ETag of what you have: answered with 304 and no body when it is still that.',
  },
  'Last-Event-ID': {
    shownBy: code('too_many_streams'),
    description: 'The `id` of the event that came last: what happened since is told first.',
  },
}

/**
 * Adds to a document what the plugins do for all routes, so that none has to say it: the headers that each operation
 * reads, the rate limit in every answer, and when to come back.
 */
export function documentHeaders<D extends Document>(document: D): D {
  document.components.headers = { ...rateLimits, ...retryAfter, ...replayed, ...etag }
  document.components.parameters = Object.fromEntries(
    Object.entries(parameters).map(([name, { description, schema = { type: 'string' } }]) => [
      name,
      { name, in: 'header', description, schema },
    ]),
  )
  for (const operation of Object.values(document.paths).flatMap(methods => Object.values(methods))) {
    const answers = Object.values(operation.responses).map(({ description }) => description)
    const read = Object.entries(parameters)
      .filter(([, { shownBy }]) => answers.some(text => text.includes(shownBy)))
      .map(([name]) => name)
    operation.parameters = [
      ...(operation.parameters ?? []),
      ...read.map(name => ({ $ref: `#/components/parameters/${name}` })),
    ]
    for (const [status, response] of Object.entries(operation.responses)) {
      const succeeded = status.startsWith('2')
      const headers = [
        ...Object.keys(rateLimits),
        ...(['429', '503'].includes(status) ? Object.keys(retryAfter) : []),
        ...(succeeded && read.includes('Idempotency-Key') ? Object.keys(replayed) : []),
        ...(succeeded && read.includes('If-None-Match') ? Object.keys(etag) : []),
      ]
      const references = headers.map(name => [name, { $ref: `#/components/headers/${name}` }])
      response.headers = { ...response.headers, ...Object.fromEntries(references) }
    }
  }
  return document
}

/** As the refusals of a route name it. */
function code(name: ProblemCode): string {
  return `\`${name}\``
}
