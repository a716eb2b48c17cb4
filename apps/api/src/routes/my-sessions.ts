import { MySessionListQuery, MySessionPage } from '@spintrack/contract/account'
import { IdParams, ref } from '@spintrack/contract/shapes'
import { endOneSession, listSessions, revokeSessions } from '@spintrack/domain/sessions'
import { NoContent, refusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import { loggedIn } from '../plugins/session-only.ts'
import type { App } from '../types.ts'

const tags = ['account']

/** Where the caller is logged in. */
export async function mySessionRoutes(app: App, { tenancy: { control }, publicUrl }: ApiOptions) {
  app.get(
    '/me/sessions',
    {
      schema: {
        tags,
        operationId: 'listMySessions',
        summary: 'Where you are logged in, the latest log-in first',
        querystring: MySessionListQuery,
        response: { 200: ref(MySessionPage), ...refusals('unauthenticated', 'forbidden') },
      },
    },
    async (request, reply) => {
      const { user, session } = loggedIn(request)
      const mine = { userId: user.id, idHash: session.idHash }
      return sendPage(request, reply, publicUrl, await listSessions(control, mine, request.query))
    },
  )

  app.delete(
    '/me/sessions',
    {
      schema: {
        tags,
        operationId: 'endOtherSessions',
        summary: 'Log out everywhere else',
        response: { 204: NoContent, ...refusals('unauthenticated', 'forbidden', 'cross_site_request') },
      },
    },
    async (request, reply) => {
      const { user, session } = loggedIn(request)
      await revokeSessions(control, user.id, { but: session.idHash })
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/me/sessions/:id',
    {
      schema: {
        tags,
        operationId: 'endMySession',
        summary: 'End one of your sessions',
        description: 'It is refused from its next request on. To log out here, DELETE /api/v1/session.',
        params: IdParams,
        response: { 204: NoContent, ...refusals('unauthenticated', 'forbidden', 'cross_site_request', 'not_found') },
      },
    },
    async (request, reply) => {
      await endOneSession(control, loggedIn(request).user.id, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
