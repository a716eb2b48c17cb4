import { Company, CompanyListQuery, CompanyPage, CreateCompany } from '@spintrack/contract/companies'
import { ref } from '@spintrack/contract/shapes'
import { createCompany, listCompanies } from '@spintrack/domain/companies'
import { keyRefusals, refusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import { loggedIn } from '../plugins/session-only.ts'
import type { App } from '../types.ts'

const tags = ['companies']

/** The companies of the caller. */
export async function companiesRoutes(app: App, { tenancy, publicUrl }: ApiOptions) {
  app.get(
    '/companies',
    {
      schema: {
        tags,
        operationId: 'listCompanies',
        summary: 'The companies you belong to',
        querystring: CompanyListQuery,
        response: { 200: ref(CompanyPage), ...refusals('unauthenticated', 'forbidden') },
      },
    },
    async (request, reply) =>
      sendPage(
        request,
        reply,
        publicUrl,
        await listCompanies(tenancy.control, request.principal.user.id, request.query),
      ),
  )

  app.post(
    '/companies',
    {
      schema: {
        tags,
        operationId: 'createCompany',
        summary: 'Create a company of your own',
        description:
          'You become its owner, and your session moves to it. A person has one demo at a time; a template is one of GET /api/v1/templates.',
        body: CreateCompany,
        response: {
          201: ref(Company),
          ...refusals(
            'unauthenticated',
            'forbidden',
            'cross_site_request',
            'slug_taken',
            'demo_exists',
            'not_found',
            'tenant_upgrading',
            ...keyRefusals,
          ),
        },
      },
    },
    async (request, reply) => {
      const { user, session } = loggedIn(request)
      const company = await createCompany(request.tenancy, { ...user, sessionIdHash: session.idHash }, request.body)
      return reply.code(201).send(company)
    },
  )
}
