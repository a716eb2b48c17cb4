import { Type } from '@sinclair/typebox'
import { Event } from '@spintrack/contract/events'
import { limits } from '@spintrack/contract/limits'
import { ref } from '@spintrack/contract/shapes'
import { createSeal } from '@spintrack/domain/seal'
import { companyRefusals } from '../answers.ts'
import { createEventStreams } from '../event-streams.ts'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

/** OpenAPI 3.1 has no words for a stream of things: this says what each of them is. */
const Stream = Type.Unsafe<string>({
  type: 'string',
  description: 'The `data` of each event is an Event',
  contentMediaType: 'application/json',
  contentSchema: ref(Event),
})

const description = `A stream of Server-Sent Events (\`text/event-stream\`) that does not end by itself. The name of each is its \`type\`, its data an Event in JSON, and its \`id\` where to take up again, for ${limits.eventStreams.resumeHours} hours. After \`events.missed\` something may be lacking: read anew what you keep.

It ends when you lose access, when you read too slowly, and when the service restarts. Open it again then, with the last \`id\` in \`Last-Event-ID\`.`

/** What happens in a company, as it happens. */
export async function eventRoutes(app: App, { tenancy, sessionSecrets, eventStreams }: ApiOptions) {
  const streams = createEventStreams({
    tenancy,
    seal: createSeal(sessionSecrets),
    log: app.log,
    ...(eventStreams && { settings: eventStreams }),
  })
  app.addHook('preClose', () => streams.close())

  app.get(
    '/events',
    {
      config: { permission: 'events.read' },
      // A HEAD route of Fastify's would never end.
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        operationId: 'followEvents',
        summary: 'Follow what happens',
        description,
        response: {
          200: {
            description: 'Events as they happen',
            content: { 'text/event-stream': { schema: Stream } },
          },
          ...companyRefusals('too_many_streams'),
        },
      },
    },
    (request, reply) => streams.open(request, reply),
  )
}
