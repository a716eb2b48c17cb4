import { Type } from '@sinclair/typebox'
import { Problem } from '@spintrack/contract/problem-details'
import { type ProblemCode, problems } from '@spintrack/contract/problems'
import { ref } from '@spintrack/contract/shapes'

/** The answers every route may give, beside those it lists itself. */
const everywhere: ProblemCode[] = ['invalid_request', 'rate_limited', 'internal', 'unavailable']

/** The refusals of a POST that keeps its Idempotency-Key: of all that need a principal. */
export const keyRefusals = ['idempotency_key_in_use', 'idempotency_key_reused'] as const satisfies ProblemCode[]

/** The schemas of a route's refusals: one for each status, naming the codes it may carry. For the OpenAPI document. */
export function refusals(...codes: ProblemCode[]) {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of [...codes, ...everywhere]) {
    const { status } = problems[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus].map(([status, listed]) => [
      status,
      {
        description: listed.map(code => `\`${code}\`: ${problems[code].title}`).join('\n\n'),
        content: { 'application/problem+json': { schema: ref(Problem) } },
      },
    ]),
  )
}

/** 204: done, nothing to say. */
export const NoContent = Type.Null({ description: 'Done' })

/** 304: the caller has it already. */
export const NotModified = Type.Null({ description: 'Not modified: what you have is still the latest' })

/** The refusals of every route inside a company, and those a route adds. */
export function companyRefusals(...codes: ProblemCode[]) {
  return refusals(
    'unauthenticated',
    'company_not_found',
    'company_required',
    'company_archived',
    'company_suspended',
    'tenant_upgrading',
    ...codes,
  )
}
