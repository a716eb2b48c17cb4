import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Permission } from '@spintrack/contract/permissions'
import type { ProblemError } from '@spintrack/contract/problems'
import type { CompanySummary } from '@spintrack/contract/session'
import type { Company } from '@spintrack/domain/company'
import type { Once } from '@spintrack/domain/idempotency'
import type { Principal } from '@spintrack/domain/principal'
import type { RateLimits } from '@spintrack/domain/rate-limits'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'

/** A Fastify instance whose handlers take their types from the TypeBox schemas of their routes. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyInstance {
    rateLimits: RateLimits
    /** Counts a request for its principal, else for its address, and says in its answer what is left. Returns the refusal if it was one too many. */
    countRequest(request: FastifyRequest, reply: FastifyReply): ProblemError | undefined
  }

  interface FastifyRequest {
    /** Whether the request was counted for its caller. */
    counted: boolean
    /** Who is calling. Only under the account and company contexts; elsewhere reading it is a bug and throws. */
    principal: Principal
    /** The Idempotency-Key of a POST, where there is one. */
    once: Once | undefined
    /** The engine as this request writes through it: under its Idempotency-Key. Only under the account context. */
    tenancy: Tenancy
    /** The company of the request. Only under the company context. */
    company: Company
  }

  interface FastifyContextConfig {
    /** What the caller's role must allow. Every route of the company context names one. */
    permission?: Permission
    /** The states of the company that the route accepts: `ready` alone when left out. */
    states?: readonly CompanySummary['state'][]
  }

  interface Session {
    userId?: string
    address?: string
    browser?: string
    companyId?: string
  }
}
