import type { FieldError, Problem } from '@spintrack/contract/problem-details'
import { problems as catalogue, type ProblemCode, ProblemError } from '@spintrack/contract/problems'
import {
  DatabaseUnavailable,
  errorCode,
  isConnectionLost,
  NoStandbyTenant,
  OutcomeUnknown,
} from '@spintrack/tenancy/errors'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import type { App } from '../types.ts'
import { rememberMethods } from './methods.ts'

const retryAfterSeconds = 1

/** Answers every error as problem details (RFC 9457), from the one catalogue. */
export const problems = plugin(
  async (app: App) => {
    const methods = rememberMethods(app)

    app.setErrorHandler((error: FastifyError, request, reply) => {
      const problem = asProblem(error, request)
      if (catalogue[problem.code].status >= 500) {
        request.log.error({ err: error, code: problem.code }, 'request failed')
      }
      return sendProblem(request, reply, problem)
    })

    app.setNotFoundHandler((request, reply) => {
      const allowed = methods.of(request.url)
      const nothing = new ProblemError('not_found', 'There is nothing at this address.')
      return sendProblem(request, reply, allowed.length > 0 ? wrongMethod(reply, allowed) : nothing)
    })

    // Under GET the router takes `/spins/import` for the spin of that id, where it is only known under POST.
    app.addHook('preParsing', async (request, reply) => {
      if (!request.routeOptions.url?.includes(':')) return
      const allowed = methods.ofExactly(request.url)
      if (allowed.length > 0) throw wrongMethod(reply, allowed)
    })
  },
  { name: 'problems' },
)

function wrongMethod(reply: FastifyReply, allowed: string[]): ProblemError {
  reply.header('allow', allowed.join(', '))
  return new ProblemError('method_not_allowed', `Use one of ${allowed.join(', ')} here.`)
}

/** Fastify's own refusals, by its code. */
const fastifyCodes: Record<string, [ProblemCode, string]> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'Send less in one request.'],
}

/** PostgreSQL's refusals that are not the server's fault, by SQLSTATE. */
const sqlStates: Record<string, [ProblemCode, string]> = {
  '22021': ['invalid_request', 'Text must not contain the NUL character.'],
  '57014': ['unavailable', 'The database took too long. Try again in a moment.'],
  '55P03': ['unavailable', 'The rows are being changed by somebody else. Try again in a moment.'],
  '40001': ['unavailable', 'Somebody changed the same rows at the same time. Try again in a moment.'],
  '40P01': ['unavailable', 'Somebody changed the same rows at the same time. Try again in a moment.'],
  '53300': ['unavailable', 'The database has no connection left. Try again in a moment.'],
}

const repeat = 'Send it again with the same Idempotency-Key: it takes effect once.'
const look = 'Look whether the change is there before you repeat it.'

function asProblem(error: FastifyError, { once }: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error
  if (error.validation) return invalid(error)
  if (error instanceof OutcomeUnknown) return new ProblemError('outcome_unknown', once ? repeat : look)
  if (error instanceof DatabaseUnavailable || error instanceof NoStandbyTenant || isConnectionLost(error)) {
    return new ProblemError('unavailable', 'The service is not available right now. Try again in a moment.')
  }
  const known = fastifyCodes[error.code] ?? sqlStates[errorCode(error) ?? '']
  if (known) return new ProblemError(...known)
  if (error.statusCode && error.statusCode < 500) return new ProblemError('invalid_request', error.message)
  return new ProblemError('internal', 'Something went wrong on our side. The request id helps us to find out what.')
}

function invalid({ validation = [], validationContext = 'body' }: FastifyError): ProblemError {
  const errors = fieldErrors(validation, `/${validationContext === 'querystring' ? 'query' : validationContext}`)
  const [first] = errors
  return new ProblemError('invalid_request', first ? `${first.path} ${first.message}.` : undefined, { errors })
}

type Finding = Pick<NonNullable<FastifyError['validation']>[number], 'instancePath' | 'keyword' | 'params' | 'message'>

/** Ajv's findings as field errors, with paths below `base`; a missing or unknown field is named in the path like any other. */
export function fieldErrors(findings: Finding[], base: string): FieldError[] {
  return findings.map(({ instancePath, keyword, params, message }) => {
    const field = params.missingProperty ?? params.additionalProperty
    return {
      path: `${base}${instancePath}${field === undefined ? '' : `/${field}`}`,
      message: messages[keyword]?.(params) ?? message ?? 'is not valid',
    }
  })
}

const messages: Record<string, (params: Record<string, unknown>) => string> = {
  required: () => 'is required',
  additionalProperties: () => 'is not a known field',
  enum: ({ allowedValues }) => `must be one of ${(allowedValues as unknown[]).join(', ')}`,
  format: ({ format }) => `must be a valid ${format}`,
  minProperties: () => 'must change at least one field',
}

/** Answers a problem to a request. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: ProblemError) {
  const problem = describe(request.id, error)
  const seconds = error.retryAfter ?? (problem.status === 503 ? retryAfterSeconds : undefined)
  if (seconds !== undefined) reply.header('retry-after', seconds)
  // Written here rather than by the route's serializer, which knows the shapes of its own answers only.
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problem)
}

/** The body of a refusal. */
export function describe(requestId: string, { code, message, errors }: ProblemError): Problem {
  const { status, title } = catalogue[code]
  return {
    type: `urn:spintrack:problem:${code}`,
    title,
    status,
    code,
    detail: message,
    requestId,
    ...(errors && { errors }),
  }
}
