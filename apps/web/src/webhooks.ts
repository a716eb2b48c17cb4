import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, type CompanySummary, type Delivery } from './api.ts'
import { nextPage } from './queries.ts'
import { queryClient } from './query-client.ts'

type Company = Pick<CompanySummary, 'id' | 'slug'>

/** How often deliveries are read anew while one of them is on its way, in milliseconds. */
const everyMs = 3_000

export const webhooksQuery = (company: Company) =>
  infiniteQueryOptions({
    queryKey: [company.id, 'webhooks', 'list'],
    queryFn: ({ pageParam }) => api.webhooks(company.slug, pageParam),
    initialPageParam: {},
    getNextPageParam: nextPage,
  })

/** What was sent to a webhook. It may have been switched off meanwhile, which the list of all then shows. */
export const deliveriesQuery = (company: Company, id: string) =>
  infiniteQueryOptions({
    queryKey: [company.id, 'webhooks', 'deliveries', id],
    queryFn: ({ pageParam }) => api.deliveries(company.slug, id, { limit: 20, ...pageParam }),
    initialPageParam: {},
    getNextPageParam: nextPage,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(isUnderWay)) ? everyMs : false),
  })

export function refreshWebhooks(company: Company): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: [company.id, 'webhooks'] })
}

function isUnderWay({ state }: Delivery): boolean {
  return state === 'waiting'
}
