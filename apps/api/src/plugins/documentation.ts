import swagger from '@fastify/swagger'
import type { RouteOptions } from 'fastify'
import plugin from 'fastify-plugin'
import { documentExamples, type Exemplified } from '../documented-examples.ts'
import { type Document, documentHeaders } from '../documented-headers.ts'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'
import { sessionOnly } from './session-only.ts'

/** The OpenAPI 3.1 document, made from the routes' own schemas, at /api/openapi.json. */
export const documentation = plugin(
  async (app: App, _options: ApiOptions) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Spintrack',
          version: '1',
          description: 'Companies keep their fidget spinners and record who spun which one for how long.',
          license: { name: 'MIT', identifier: 'MIT' },
        },
        servers: [{ url: '/', description: 'The installation that this document was read from' }],
        components: {
          securitySchemes: {
            session: {
              type: 'apiKey',
              in: 'cookie',
              name: 'spintrack',
              description: 'Set by POST /api/v1/session; __Host-spintrack on https',
            },
            token: { type: 'http', scheme: 'bearer', description: 'An API token, `spin_…`, for one company' },
          },
        },
      },
      hideUntagged: true,
      transform: ({ schema, url, route }) => ({ schema: { security: accepted(route), ...schema }, url }),
      transformObject: made =>
        documentExamples(documentHeaders((made as { openapiObject: object }).openapiObject as Document & Exemplified)),
      refResolver: {
        buildLocalReference: (json, _base, _fragment, index) => (json.$id as string | undefined) ?? `schema${index}`,
      },
    })
    app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  },
  { name: 'documentation' },
)

/** What a route takes as proof of who asks. The public ones say for themselves that they take none. */
function accepted({ config, onRequest }: RouteOptions): Record<string, []>[] {
  const tokens = config?.permission !== undefined && ![onRequest].flat().some(hook => hook === sessionOnly)
  return [{ session: [] }, ...(tokens ? [{ token: [] as [] }] : [])]
}
