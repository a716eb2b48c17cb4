import { ProblemError } from '@spintrack/contract/problems'
import type { FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'
import { bearerToken } from './principal.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
const sameSite = new Set(['same-origin', 'none'])

/**
 * Refuses to change anything for another site's page that makes a browser send our cookie. Browsers say where a request
 * comes from; a script with a cookie jar says nothing, and then only JSON is let through, which a form cannot send.
 *
 * Beside a token the cookie is ignored, so it cannot be abused; and no page makes a browser send a token unless we allow
 * it to (CORS), which we do not. Other kinds of Authorization browsers send by themselves.
 */
export const refuseCrossSite = plugin(
  async (app: App, { publicUrl }: ApiOptions) => {
    app.addHook('onRequest', async request => {
      if (safeMethods.has(request.method) || request.headers.cookie === undefined) return
      if (bearerToken(request) !== undefined) return
      if (!comesFromHere(request, publicUrl)) {
        throw new ProblemError(
          'cross_site_request',
          'A request with a cookie must come from our own pages, or be JSON from a script.',
        )
      }
    })
  },
  { name: 'cross-site' },
)

function comesFromHere({ headers }: FastifyRequest, publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return sameSite.has(String(site))
  if (headers.origin !== undefined) return headers.origin === publicUrl
  return /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')
}
