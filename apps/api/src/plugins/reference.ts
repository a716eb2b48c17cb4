import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import plugin from 'fastify-plugin'
import type { App } from '../types.ts'

/** Scalar writes styles of its own. Scripts come from here alone, and requests that somebody tries go here alone. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const configuration = {
  url: '/api/openapi.json',
  // Nothing is fetched from elsewhere, and nothing sent there.
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Spintrack API</title>
  </head>
  <body>
    <script id="api-reference" data-configuration='${JSON.stringify(configuration)}'></script>
    <script src="/api/docs/reference.js"></script>
  </body>
</html>
`

const oneDay = 24 * 60 * 60

/**
 * The OpenAPI document as a page to read and to try, at /api/docs. The plugin of the package that has the script would
 * serve the document twice more, to other sites too, and a page with a script in it.
 */
export const reference = plugin(
  async (app: App) => {
    app.get('/api/docs', { schema: { hide: true } }, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy).send(page),
    )

    let script: Promise<Buffer> | undefined
    app.get('/api/docs/reference.js', { schema: { hide: true } }, async (_request, reply) => {
      script ??= readScript()
      return reply
        .type('text/javascript; charset=utf-8')
        .header('content-encoding', 'gzip')
        .header('cache-control', `public, max-age=${oneDay}`)
        .send(await script)
    })
  },
  { name: 'reference' },
)

/** Three megabytes, and one when packed. */
async function readScript(): Promise<Buffer> {
  const file = new URL('js/standalone.js', import.meta.resolve('@scalar/fastify-api-reference'))
  return promisify(gzip)(await readFile(file))
}
