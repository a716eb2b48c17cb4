import { CreateInvitation, InvitationListQuery, InvitationPage, NewInvitation } from '@spintrack/contract/invitations'
import { limits } from '@spintrack/contract/limits'
import { IdParams, ref } from '@spintrack/contract/shapes'
import { createInvitation, deleteInvitation, listInvitations, renewInvitation } from '@spintrack/domain/invitations'
import { createMailer } from '@spintrack/domain/outbox'
import { companyRefusals, keyRefusals, NoContent } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import { sessionOnly } from '../plugins/session-only.ts'
import type { App } from '../types.ts'

const tags = ['invitations']
const read = { permission: 'invitations.read' } as const
const write = { permission: 'invitations.write' } as const
/** A token that leaks must not be able to let others in. */
const bySession = { onRequest: sessionOnly }

/** Invitations, as the company sees them. */
export async function invitationRoutes(app: App, options: ApiOptions) {
  const { tenancy, publicUrl } = options
  const mailer = createMailer(options)

  app.get(
    '/invitations',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listInvitations',
        summary: 'Open invitations, newest first',
        querystring: InvitationListQuery,
        response: { 200: ref(InvitationPage), ...companyRefusals('forbidden') },
      },
    },
    async (request, reply) =>
      sendPage(request, reply, publicUrl, await listInvitations(tenancy.control, request.company, request.query)),
  )

  app.post(
    '/invitations',
    {
      ...bySession,
      config: write,
      schema: {
        tags,
        operationId: 'createInvitation',
        summary: 'Invite somebody',
        description: `With \`email\` they get a mail, whose link is for that address alone. Without it the answer has a link for whoever gets it first. Either can be used once, within ${limits.days.invitation} days, as long as you may invite to that role. Only owners invite owners. Needs a session.`,
        body: CreateInvitation,
        response: {
          201: ref(NewInvitation),
          ...companyRefusals(
            'forbidden',
            'cross_site_request',
            'already_member',
            'already_invited',
            'too_many_invitations',
            ...keyRefusals,
          ),
        },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createInvitation(request.tenancy, request.company, request.body, mailer)),
  )

  app.put(
    '/invitations/:id/link',
    {
      ...bySession,
      config: write,
      schema: {
        tags,
        operationId: 'renewInvitation',
        summary: 'Send an invitation again',
        description: `It gets another link, in your name and for ${limits.days.invitation} days; the one before is of no use any more. Needs a session.`,
        params: IdParams,
        response: { 200: ref(NewInvitation), ...companyRefusals('forbidden', 'cross_site_request', 'not_found') },
      },
    },
    async request => renewInvitation(tenancy, request.company, request.params.id, mailer),
  )

  app.delete(
    '/invitations/:id',
    {
      ...bySession,
      config: write,
      schema: {
        tags,
        operationId: 'deleteInvitation',
        summary: 'Withdraw an invitation',
        params: IdParams,
        response: { 204: NoContent, ...companyRefusals('forbidden', 'cross_site_request', 'not_found') },
      },
    },
    async (request, reply) => {
      await deleteInvitation(tenancy.control, request.company, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
