import type { Hasher } from '@spintrack/domain/hashing'
import type { EmailVerification } from '@spintrack/domain/me'
import type { Reach } from '@spintrack/domain/webhook-addresses'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import type { EventStreamSettings } from './event-streams.ts'
import type { RateLimitSettings } from './plugins/rate-limits.ts'

/** What the API is given; it reads no environment itself, so that tests set everything by argument. */
export type ApiOptions = {
  tenancy: Tenancy
  hasher: Hasher
  /** The origin people use, such as https://spintrack.example. Its scheme decides about secure cookies. */
  publicUrl: string
  /** At least 32 characters each, newest first: cookies are signed with the first and accepted with any. */
  sessionSecrets: string[]
  /** Whether an address must be confirmed before its account comes to be; not, when left out. */
  emailVerification?: EmailVerification
  /** Whether whoever can reach the API may read the outbox. Only for trying the product on one's own machine. */
  showMail?: boolean
  /** The newest version of a tenant that is served, beside the one before; this build's own when left out. */
  tenantVersion?: number
  /** Instead of the limits of the contract. */
  rateLimits?: Partial<RateLimitSettings>
  /** Instead of what event streams do otherwise. */
  eventStreams?: Partial<EventStreamSettings>
  /** Where webhooks may lead; nowhere but to public addresses when left out. */
  webhookReach?: Reach
  /** The folder of the built web application, when this process serves it. */
  webRoot?: string
}
