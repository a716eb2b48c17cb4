import { limits } from '@spintrack/contract/limits'
import { keyRefusals } from './answers.ts'

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

const { min, max } = limits.idempotencyKey
const key = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'Makes it safe to send the request again: for 24 hours the same key with the same request takes effect once and answers the same. A key is yours in this company alone.',
  schema: { type: 'string', minLength: min, maxLength: max },
}

/**
 * Adds to a document what the plugins do for all routes, so that none has to say it: the rate limit in every answer, when
 * to come back, and the idempotency key of every operation that documents its refusals.
 */
export function documentHeaders(document: Document): Document {
  document.components.headers = { ...rateLimits, ...retryAfter, ...replayed }
  document.components.parameters = { 'Idempotency-Key': key }
  for (const operation of Object.values(document.paths).flatMap(methods => Object.values(methods))) {
    const keyed = Object.values(operation.responses).some(({ description }) => description.includes(keyRefusals[0]))
    if (keyed)
      operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/Idempotency-Key' }]
    for (const [status, response] of Object.entries(operation.responses)) {
      const headers = [
        ...Object.keys(rateLimits),
        ...(['429', '503'].includes(status) ? Object.keys(retryAfter) : []),
        ...(keyed && status.startsWith('2') ? Object.keys(replayed) : []),
      ]
      const references = headers.map(name => [name, { $ref: `#/components/headers/${name}` }])
      response.headers = { ...response.headers, ...Object.fromEntries(references) }
    }
  }
  return document
}
