import { IdParams, ref } from '@spintrack/contract/shapes'
import { CreateTemplate, Template, TemplateListQuery, TemplatePage } from '@spintrack/contract/templates'
import { createTemplate, deleteTemplate, listTemplates } from '@spintrack/domain/templates'
import { companyRefusals, keyRefusals, NoContent, refusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import type { App } from '../types.ts'

const tags = ['templates']

/** The templates of all companies that the caller administers. */
export async function templateRoutes(app: App, { tenancy, publicUrl }: ApiOptions) {
  app.get(
    '/templates',
    {
      schema: {
        tags,
        operationId: 'listTemplates',
        summary: 'The templates of the companies you administer, newest first',
        querystring: TemplateListQuery,
        response: { 200: ref(TemplatePage), ...refusals('unauthenticated', 'forbidden') },
      },
    },
    async (request, reply) =>
      sendPage(
        request,
        reply,
        publicUrl,
        await listTemplates(tenancy.control, request.principal.user.id, request.query),
      ),
  )

  app.delete(
    '/templates/:id',
    {
      schema: {
        tags,
        operationId: 'deleteTemplate',
        summary: 'Delete a template of a company you administer',
        description: 'Companies that began from it stay as they are.',
        params: IdParams,
        response: { 204: NoContent, ...refusals('unauthenticated', 'forbidden', 'cross_site_request', 'not_found') },
      },
    },
    async (request, reply) => {
      await deleteTemplate(tenancy, request.principal.user.id, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

/** Making a template, which is done from within a company. */
export async function templateMakingRoutes(app: App) {
  app.post(
    '/templates',
    {
      config: { permission: 'templates.write' },
      schema: {
        tags,
        operationId: 'createTemplate',
        summary: 'Make a template of the company as it is now',
        description:
          'Create a company from it with POST /api/v1/companies. People copied along are members who have left.',
        body: CreateTemplate,
        response: {
          201: ref(Template),
          ...companyRefusals('forbidden', 'cross_site_request', 'copy_too_large', 'too_many_templates', ...keyRefusals),
        },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createTemplate(request.tenancy, request.company, request.body)),
  )
}
