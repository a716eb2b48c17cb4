import plugin from 'fastify-plugin'
import type { App } from '../types.ts'

/**
 * Accepts JSON bodies and nothing else; Fastify's own parser of plain text goes. An empty body under the JSON content
 * type is no body, so that a script can send DELETE with the headers it always sends. `__proto__` is refused.
 */
export const json = plugin(
  async (app: App) => {
    const parse = app.getDefaultJsonParser('error', 'error')
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
      if (body === '') done(null, undefined)
      else parse(request, body as string, done)
    })
  },
  { name: 'json' },
)
