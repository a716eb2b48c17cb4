import { createFindPrincipal } from '@spintrack/domain/principal'
import type { ApiOptions } from './options.ts'
import { requireCompany } from './plugins/company.ts'
import { refuseCrossSite } from './plugins/cross-site.ts'
import { documentation } from './plugins/documentation.ts'
import { headers } from './plugins/headers.ts'
import { idempotency } from './plugins/idempotency.ts'
import { json } from './plugins/json.ts'
import { requirePrincipal } from './plugins/principal.ts'
import { problems } from './plugins/problems.ts'
import { rateLimits } from './plugins/rate-limits.ts'
import { reference } from './plugins/reference.ts'
import { sessionOnly } from './plugins/session-only.ts'
import { sessions } from './plugins/sessions.ts'
import { validation } from './plugins/validation.ts'
import { web } from './plugins/web.ts'
import { companiesRoutes } from './routes/companies.ts'
import { companyRoutes } from './routes/company.ts'
import { copyRoutes } from './routes/copies.ts'
import { demoRoutes } from './routes/demo.ts'
import { eventRoutes } from './routes/events.ts'
import { exportRoutes } from './routes/exports.ts'
import { fileRoutes } from './routes/files.ts'
import { healthRoutes } from './routes/health.ts'
import { invitationRoutes } from './routes/invitations.ts'
import { inviteRoutes, myInviteRoutes } from './routes/invites.ts'
import { logoRoutes } from './routes/logo.ts'
import { meRoutes } from './routes/me.ts'
import { memberRoutes } from './routes/members.ts'
import { mySessionRoutes } from './routes/my-sessions.ts'
import { outboxRoutes } from './routes/outbox.ts'
import { recoveryRoutes } from './routes/recovery.ts'
import { sessionRoutes } from './routes/session.ts'
import { signInRoutes } from './routes/sign-in.ts'
import { spinnerRoutes } from './routes/spinners.ts'
import { spinRoutes } from './routes/spins.ts'
import { statisticsRoutes } from './routes/statistics.ts'
import { templateMakingRoutes, templateRoutes } from './routes/templates.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import type { App } from './types.ts'

const prefix = '/api/v1'

const companyContext = [
  companyRoutes,
  memberRoutes,
  invitationRoutes,
  logoRoutes,
  demoRoutes,
  spinnerRoutes,
  spinRoutes,
  fileRoutes,
  statisticsRoutes,
  templateMakingRoutes,
  copyRoutes,
  exportRoutes,
  tokenRoutes,
  eventRoutes,
  webhookRoutes,
]

/**
 * The whole API, as a plugin of a Fastify instance that does not listen yet.
 *
 * Three contexts by what they demand: the public routes, listed here by hand; and behind a principal the routes of a
 * person, who must be logged in, and those of a company, which need one of the principal's and take tokens too. A route
 * is refused or let in by where it is registered, never by what its address looks like.
 */
export default async function app(fastify: App, options: ApiOptions): Promise<void> {
  await fastify.register(problems)
  await fastify.register(validation)
  await fastify.register(json)
  await fastify.register(headers, options)
  await fastify.register(rateLimits, options)
  await fastify.register(documentation, options)
  await fastify.register(reference)
  await fastify.register(refuseCrossSite, options)
  await fastify.register(sessions, options)

  const findPrincipal = createFindPrincipal(options.tenancy.control)

  await fastify.register(healthRoutes, options)
  await fastify.register(signInRoutes, { ...options, findPrincipal, prefix })
  await fastify.register(recoveryRoutes, { ...options, prefix })
  await fastify.register(inviteRoutes, { ...options, prefix })

  if (options.showMail) await fastify.register(outboxRoutes, { ...options, prefix })

  await fastify.register(async account => {
    await account.register(requirePrincipal, { ...options, findPrincipal })
    await account.register(idempotency, options)

    await account.register(async person => {
      person.addHook('onRequest', sessionOnly)
      await person.register(sessionRoutes, { ...options, findPrincipal, prefix })
      await person.register(companiesRoutes, { ...options, prefix })
      await person.register(templateRoutes, { ...options, prefix })
      await person.register(meRoutes, { ...options, prefix })
      await person.register(mySessionRoutes, { ...options, prefix })
      await person.register(myInviteRoutes, { ...options, prefix })
    })

    await account.register(async company => {
      await company.register(requireCompany, options)
      for (const routes of companyContext) await company.register(routes, { ...options, findPrincipal, prefix })
    })
  })

  await fastify.register(web, options)
}
