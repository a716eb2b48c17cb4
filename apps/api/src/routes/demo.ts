import { Company } from '@spintrack/contract/companies'
import { ref } from '@spintrack/contract/shapes'
import { keepDemo, resetDemo } from '@spintrack/domain/own-demo'
import { companyRefusals, NoContent } from '../answers.ts'
import { sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

const tags = ['company']
const config = { permission: 'demo.write' } as const

/** What can be done to a demo company as such. */
export async function demoRoutes(app: App, { tenancy }: ApiOptions) {
  app.put(
    '/company/demo',
    {
      config,
      schema: {
        tags,
        operationId: 'resetDemo',
        summary: 'Begin the demo anew',
        description:
          'Its spinners and spins go, the examples come, and its days begin again. People, name and branding stay.',
        response: { 200: ref(Company), ...companyRefusals('forbidden', 'cross_site_request', 'not_a_demo') },
      },
    },
    async (request, reply) => {
      const company = await resetDemo(tenancy, request.company)
      return sendResource(request, reply, company, company.version)
    },
  )

  app.delete(
    '/company/demo',
    {
      config,
      schema: {
        tags,
        operationId: 'keepDemo',
        summary: 'Keep the demo, as an ordinary company',
        description: 'The demo as such ends; the company and all that is in it stay for good.',
        response: { 204: NoContent, ...companyRefusals('forbidden', 'cross_site_request', 'not_a_demo') },
      },
    },
    async (request, reply) => {
      await keepDemo(tenancy, request.company)
      return reply.code(204).send(null)
    },
  )
}
