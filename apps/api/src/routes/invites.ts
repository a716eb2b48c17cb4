import {
  DecideInvite,
  Decision,
  Invite,
  InviteParams,
  MyInviteListQuery,
  MyInvitePage,
} from '@spintrack/contract/invitations'
import { ref } from '@spintrack/contract/shapes'
import { decideInvite, findInvite, listMyInvites } from '@spintrack/domain/invites'
import { refusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import { loggedIn } from '../plugins/session-only.ts'
import type { App } from '../types.ts'

const tags = ['invites']

/** What whoever has the link of an invitation sees. */
export async function inviteRoutes(app: App, { tenancy }: ApiOptions) {
  app.get(
    '/invites/:token',
    {
      schema: {
        tags,
        security: [],
        operationId: 'getInvite',
        summary: 'An invitation, for whoever has its link',
        params: InviteParams,
        response: { 200: ref(Invite), ...refusals('token_invalid') },
      },
    },
    async request => findInvite(tenancy.control, request.params.token),
  )
}

/** Invitations, as the person sees them who is invited. */
export async function myInviteRoutes(app: App, { tenancy, publicUrl }: ApiOptions) {
  app.get(
    '/me/invites',
    {
      schema: {
        tags,
        operationId: 'listMyInvites',
        summary: 'Invitations to your e-mail address, newest first',
        description: 'None as long as the address is not verified: it may be somebody else’s.',
        querystring: MyInviteListQuery,
        response: { 200: ref(MyInvitePage), ...refusals('unauthenticated', 'forbidden') },
      },
    },
    async (request, reply) =>
      sendPage(request, reply, publicUrl, await listMyInvites(tenancy.control, request.principal.user, request.query)),
  )

  app.put(
    '/invites/:token',
    {
      schema: {
        tags,
        operationId: 'decideInvite',
        summary: 'Accept or decline an invitation',
        description:
          '`token` is the last part of the link, or the id of one of GET /api/v1/me/invites. An invitation by mail is for its address alone. It is of use once, and as long as whoever sent it may invite to its role.',
        params: InviteParams,
        body: DecideInvite,
        response: {
          200: ref(Decision),
          ...refusals(
            'unauthenticated',
            'forbidden',
            'cross_site_request',
            'token_invalid',
            'already_member',
            'tenant_upgrading',
          ),
        },
      },
    },
    async request => decideInvite(tenancy, loggedIn(request).user, request.params.token, request.body),
  )
}
