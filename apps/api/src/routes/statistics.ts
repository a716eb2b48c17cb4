import { ref } from '@spintrack/contract/shapes'
import { SpinnerStatisticsPage, SpinnerStatisticsQuery, StatisticsQuery, Summary } from '@spintrack/contract/statistics'
import { spinnerStatistics, summary } from '@spintrack/domain/statistics'
import { companyRefusals } from '../answers.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import type { App } from '../types.ts'

const tags = ['statistics']
const config = { permission: 'statistics.read' } as const

/** What the spins of a company add up to. */
export async function statisticsRoutes(app: App, { publicUrl }: ApiOptions) {
  app.get(
    '/statistics/summary',
    {
      config,
      schema: {
        tags,
        operationId: 'getSummary',
        summary: 'Count, total, average and longest duration',
        querystring: StatisticsQuery,
        response: { 200: ref(Summary), ...companyRefusals() },
      },
    },
    async request => summary(request.company, request.query),
  )

  app.get(
    '/statistics/spinners',
    {
      config,
      schema: {
        tags,
        operationId: 'listSpinnerStatistics',
        summary: 'Spinners by average duration, longest first',
        querystring: SpinnerStatisticsQuery,
        response: { 200: ref(SpinnerStatisticsPage), ...companyRefusals() },
      },
    },
    async (request, reply) =>
      sendPage(request, reply, publicUrl, await spinnerStatistics(request.company, request.query)),
  )
}
