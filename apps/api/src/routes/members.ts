import { Company } from '@spintrack/contract/companies'
import { Member, MemberListQuery, MemberPage, TransferOwnership, UpdateMember } from '@spintrack/contract/members'
import { IdParams, ref } from '@spintrack/contract/shapes'
import { changeRole, leave, listMembers, removeMember, transferOwnership } from '@spintrack/domain/members'
import { companyRefusals, NoContent } from '../answers.ts'
import { sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import { sessionOnly } from '../plugins/session-only.ts'
import type { App } from '../types.ts'

const tags = ['members']
/** A token that leaks must not be able to decide who else gets in. */
const bySession = { onRequest: sessionOnly }

/** The people of a company. */
export async function memberRoutes(app: App, { tenancy, publicUrl }: ApiOptions) {
  app.get(
    '/members',
    {
      config: { permission: 'members.read' },
      schema: {
        tags,
        operationId: 'listMembers',
        summary: 'The people of the company, those who left included',
        querystring: MemberListQuery,
        response: { 200: ref(MemberPage), ...companyRefusals() },
      },
    },
    async (request, reply) =>
      sendPage(request, reply, publicUrl, await listMembers(tenancy.control, request.company, request.query)),
  )

  app.patch(
    '/members/:id',
    {
      ...bySession,
      config: { permission: 'members.write' },
      schema: {
        tags,
        operationId: 'updateMember',
        summary: 'Give a member another role',
        description: 'Only owners make owners, and change the role of one. Needs a session.',
        params: IdParams,
        body: UpdateMember,
        response: {
          200: ref(Member),
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'last_owner'),
        },
      },
    },
    async request => changeRole(tenancy, request.company, request.params.id, request.body.role),
  )

  app.delete(
    '/members/:id',
    {
      ...bySession,
      config: { permission: 'members.write' },
      schema: {
        tags,
        operationId: 'removeMember',
        summary: 'Take a member out of the company',
        description:
          'They are refused from the next request on, and their tokens for this company end. What they recorded stays, under their name. Only owners remove an owner. Needs a session.',
        params: IdParams,
        response: {
          204: NoContent,
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'last_owner'),
        },
      },
    },
    async (request, reply) => {
      await removeMember(tenancy, request.company, request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/company/membership',
    {
      ...bySession,
      config: { permission: 'membership.write' },
      schema: {
        tags,
        operationId: 'leaveCompany',
        summary: 'Leave the company',
        description: 'What you recorded stays, under your name. The last owner cannot leave. Needs a session.',
        response: { 204: NoContent, ...companyRefusals('forbidden', 'cross_site_request', 'last_owner') },
      },
    },
    async (request, reply) => {
      await leave(tenancy, request.company)
      return reply.code(204).send(null)
    },
  )

  app.put(
    '/company/owner',
    {
      ...bySession,
      config: { permission: 'owners.write' },
      schema: {
        tags,
        operationId: 'transferOwnership',
        summary: 'Make a member the owner in your place',
        description: 'You become an admin. Needs a session.',
        body: TransferOwnership,
        response: { 200: ref(Company), ...companyRefusals('forbidden', 'cross_site_request', 'not_found') },
      },
    },
    async (request, reply) => {
      const company = await transferOwnership(tenancy, request.company, request.body.memberId)
      return sendResource(request, reply, company, company.version)
    },
  )
}
