import helmet from '@fastify/helmet'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

/** The headers of every answer. Pages relax the content policy for themselves (plugins/web.ts). */
export const headers = plugin(
  async (app: App, { publicUrl }: ApiOptions) => {
    await app.register(helmet, {
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      strictTransportSecurity: publicUrl.startsWith('https:') && { maxAge: 31_536_000, includeSubDomains: false },
      referrerPolicy: { policy: 'no-referrer' },
      crossOriginOpenerPolicy: { policy: 'same-origin' },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
      xXssProtection: false,
    })
    app.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id).header('cache-control', 'no-store')
    })
  },
  { name: 'headers' },
)
