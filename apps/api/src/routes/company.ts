import { Company, MemberListQuery, MemberPage } from '@spintrack/contract/companies'
import { ref } from '@spintrack/contract/shapes'
import { describeCompany } from '@spintrack/domain/companies'
import { listMembers } from '@spintrack/domain/members'
import { companyRefusals } from '../answers.ts'
import { sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import type { App } from '../types.ts'

const tags = ['company']

/** The company itself and the people in it. */
export async function companyRoutes(app: App, { publicUrl }: ApiOptions) {
  app.get(
    '/company',
    {
      config: { permission: 'company.read' },
      schema: {
        tags,
        operationId: 'getCompany',
        summary: 'The company of this request',
        response: { 200: ref(Company), ...companyRefusals() },
      },
    },
    async (request, reply) => sendResource(request, reply, describeCompany(request.company)),
  )

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
    async (request, reply) => sendPage(request, reply, publicUrl, await listMembers(request.company, request.query)),
  )
}
