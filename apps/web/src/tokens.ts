import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, type CompanySummary } from './api.ts'
import { nextPage } from './queries.ts'
import { queryClient } from './query-client.ts'

type Company = Pick<CompanySummary, 'id' | 'slug'>

/** The tokens one may see in a company: one's own, for owners and admins those of everybody. */
export const tokensQuery = (company: Company) =>
  infiniteQueryOptions({
    queryKey: [company.id, 'tokens'],
    queryFn: ({ pageParam }) => api.tokens(company.slug, pageParam),
    initialPageParam: {},
    getNextPageParam: nextPage,
  })

export function refreshTokens(company: Company): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: tokensQuery(company).queryKey })
}
