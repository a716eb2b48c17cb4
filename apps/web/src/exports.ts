import { queryOptions } from '@tanstack/react-query'
import { api, type CompanySummary, type Export } from './api.ts'
import { queryClient } from './query-client.ts'
import { enter } from './session.ts'

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

/**
 * Has the browser download an archive, however large, as it does any file. Such a request carries no X-Company, so the
 * company is made the session's first. Should another tab choose another one in between, the answer is "not found",
 * as the archive is not that company's.
 */
export async function downloadExport(company: Company, { id }: Export): Promise<void> {
  enter(await api.chooseCompany(company.id), { tellOtherTabs: false })
  const link = document.createElement('a')
  link.href = `/api/v1/exports/${id}/archive`
  link.download = ''
  link.click()
}
