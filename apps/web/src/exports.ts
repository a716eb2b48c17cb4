import { queryOptions } from '@tanstack/react-query'
import { api, type CompanySummary, type Export } from './api.ts'
import { download } from './files.ts'
import { queryClient } from './query-client.ts'

type Company = Pick<CompanySummary, 'id' | 'slug'>

/** The latest exports of a company, asked for again and again while one is being made. */
export const exportsQuery = (company: Company) =>
  queryOptions({
    queryKey: [company.id, 'exports'],
    queryFn: async () => (await api.exports(company.slug, { limit: 10 })).items,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? pollMs : false),
  })

const pollMs = 2000

export function isUnderWay({ state }: Export): boolean {
  return state === 'waiting' || state === 'running'
}

export function refreshExports(company: Company): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: exportsQuery(company).queryKey })
}

/** Downloads an archive. Should another tab choose another company at that moment, it is not found there. */
export function downloadExport(company: Company, { id }: Export): Promise<void> {
  return download(company, `/api/v1/exports/${id}/archive`)
}
