import { Type } from '@sinclair/typebox'
import { sql } from 'drizzle-orm'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

const Health = Type.Object({ status: Type.String(), failing: Type.Optional(Type.Array(Type.String())) })

/** For balancers: is the process alive, and can it serve? */
export async function healthRoutes(app: App, { tenancy }: ApiOptions) {
  app.get('/health/live', { schema: { hide: true, response: { 200: Health } } }, async () => ({ status: 'ok' }))

  app.get(
    '/health/ready',
    { schema: { hide: true, response: { 200: Health, 503: Health } } },
    async (request, reply) => {
      try {
        await tenancy.control.execute(sql`select 1`)
        return { status: 'ok' }
      } catch (error) {
        request.log.warn({ err: error }, 'database not ready')
        return reply.code(503).send({ status: 'unavailable', failing: ['database'] })
      }
    },
  )
}
