import { Company, DeleteCompany, Deletion, UpdateCompany } from '@spintrack/contract/companies'
import { limits } from '@spintrack/contract/limits'
import { ref } from '@spintrack/contract/shapes'
import { describeCompany } from '@spintrack/domain/company'
import { requestDeletion, undoDeletion } from '@spintrack/domain/lifecycle'
import { updateCompany } from '@spintrack/domain/settings'
import { companyRefusals, NoContent, NotModified } from '../answers.ts'
import { demandedVersion, sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

const tags = ['company']

/** The company itself. */
export async function companyRoutes(app: App, { tenancy }: ApiOptions) {
  app.get(
    '/company',
    {
      config: { permission: 'company.read', states: ['ready', 'archived'] },
      schema: {
        tags,
        operationId: 'getCompany',
        summary: 'The company of this request',
        description: 'Also while it is archived: `deleteAfter` says until when its deletion can be undone.',
        response: { 200: ref(Company), 304: NotModified, ...companyRefusals() },
      },
    },
    async (request, reply) => sendResource(request, reply, describeCompany(request.company), request.company.version),
  )

  app.patch(
    '/company',
    {
      config: { permission: 'company.update' },
      schema: {
        tags,
        operationId: 'updateCompany',
        summary: 'Change the company’s name, address or branding',
        description:
          'With another `slug` the old one leads nowhere from then on. null takes a colour or greeting away.',
        body: UpdateCompany,
        response: {
          200: ref(Company),
          ...companyRefusals('forbidden', 'cross_site_request', 'slug_taken', 'stale_version'),
        },
      },
    },
    async (request, reply) => {
      const company = await updateCompany(tenancy.control, request.company, request.body, demandedVersion(request))
      return sendResource(request, reply, company, company.version)
    },
  )

  app.delete(
    '/company',
    {
      config: { permission: 'company.delete' },
      schema: {
        tags,
        operationId: 'deleteCompany',
        summary: 'Have the company deleted',
        description: `It closes at once and goes for good after ${limits.days.deletionGrace} days; until then its owner can undo that.`,
        body: DeleteCompany,
        response: {
          202: ref(Deletion),
          ...companyRefusals('forbidden', 'cross_site_request', 'confirmation_mismatch'),
        },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await requestDeletion(tenancy, request.company.id, request.body.confirm)),
  )

  app.delete(
    '/company/deletion',
    {
      config: { permission: 'company.delete', states: ['ready', 'archived'] },
      schema: {
        tags,
        operationId: 'undoDeletion',
        summary: 'Undo the deletion of the company',
        response: { 204: NoContent, ...companyRefusals('forbidden', 'cross_site_request', 'deletion_not_requested') },
      },
    },
    async (request, reply) => {
      await undoDeletion(tenancy, request.company.id)
      return reply.code(204).send(null)
    },
  )
}
