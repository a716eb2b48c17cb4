import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

/** Mantine writes style elements of its own, so those alone may be inline; style attributes and scripts never. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "style-src-elem 'self' 'unsafe-inline'",
  "style-src-attr 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const oneYear = 365 * 24 * 60 * 60

/** Serves the built web application, whose router answers every address that is no file. */
export async function web(app: App, { webRoot }: ApiOptions): Promise<void> {
  if (webRoot === undefined) return
  await app.register(fastifyStatic, {
    root: webRoot,
    wildcard: false,
    cacheControl: false,
    setHeaders(response, path) {
      response.setHeader('content-security-policy', contentSecurityPolicy)
      // Only files whose name changes with their content may be kept.
      if (path.startsWith(join(webRoot, 'assets')))
        response.setHeader('cache-control', `public, max-age=${oneYear}, immutable`)
    },
  })
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    if (request.url.startsWith('/api/') || request.url.startsWith('/health/')) return reply.callNotFound()
    return reply.sendFile('index.html')
  })
}
