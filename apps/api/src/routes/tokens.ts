import { limits } from '@spintrack/contract/limits'
import { IdParams, ref } from '@spintrack/contract/shapes'
import { CreateToken, NewToken, TokenListQuery, TokenPage } from '@spintrack/contract/tokens'
import { createSeal } from '@spintrack/domain/seal'
import { createToken, deleteToken, listTokens } from '@spintrack/domain/tokens'
import { companyRefusals, keyRefusals, NoContent } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import { sessionOnly } from '../plugins/session-only.ts'
import type { App } from '../types.ts'

const tags = ['tokens']
const read = { permission: 'tokens.read' } as const
const write = { permission: 'tokens.write' } as const

/** Keys for scripts. */
export async function tokenRoutes(app: App, { tenancy, publicUrl, sessionSecrets }: ApiOptions) {
  const seal = createSeal(sessionSecrets)

  app.get(
    '/tokens',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listTokens',
        summary: 'API tokens, newest first',
        description: 'Your own; owners and admins see those of all members.',
        querystring: TokenListQuery,
        response: { 200: ref(TokenPage), ...companyRefusals() },
      },
    },
    async (request, reply) =>
      sendPage(request, reply, publicUrl, await listTokens(tenancy.control, request.company, request.query)),
  )

  app.post(
    '/tokens',
    {
      config: write,
      // A token that leaks must not be able to leave others behind.
      onRequest: sessionOnly,
      schema: {
        tags,
        operationId: 'createToken',
        summary: 'Make an API token for this company',
        description: `It may do what its scopes and your role allow, whatever your role becomes, and ends when you leave. It is shown in this answer and never again. At most ${limits.tokensPerMember} for each member. Needs a session: a token cannot make tokens.`,
        body: CreateToken,
        response: {
          201: ref(NewToken),
          ...companyRefusals('forbidden', 'cross_site_request', 'too_many_tokens', ...keyRefusals),
        },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createToken(request.tenancy, request.company, request.body, seal)),
  )

  app.delete(
    '/tokens/:id',
    {
      config: write,
      schema: {
        tags,
        operationId: 'deleteToken',
        summary: 'Revoke an API token',
        description: 'It is refused from the next request on. Owners and admins may revoke those of all members.',
        params: IdParams,
        response: { 204: NoContent, ...companyRefusals('forbidden', 'cross_site_request', 'not_found') },
      },
    },
    async (request, reply) => {
      await deleteToken(tenancy.control, request.company, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
