import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, type CompanySummary, type Page } from './api.ts'
import { dayEnd, dayStart, period, periodBefore } from './dates.ts'
import { queryClient } from './query-client.ts'
import type { Range, SpinnersSearch, SpinsSearch } from './search.ts'

/** What the pages read. Every key begins with the company's id; every request carries the slug of the page's address. */
type Company = Pick<CompanySummary, 'id' | 'slug'>

export const spinnersQuery = (company: Company, filter: SpinnersSearch) =>
  infiniteQueryOptions({
    queryKey: [company.id, 'spinners', 'list', filter],
    queryFn: ({ pageParam }) => api.spinners(company.slug, { ...filter, ...pageParam }),
    initialPageParam: {},
    getNextPageParam: nextPage,
    // Same company, other filter: the old rows stay until the new ones are here, instead of a flicker per letter.
    placeholderData: (before, query) => (query?.queryKey[0] === company.id ? before : undefined),
  })

export const spinnerQuery = (company: Company, id: string) =>
  queryOptions({
    queryKey: [company.id, 'spinners', 'one', id],
    queryFn: () => api.spinner(company.slug, id),
  })

/** Every spinner of the company (the first thousand), to put names to ids and to choose from. */
export const allSpinnersQuery = (company: Company) =>
  queryOptions({
    queryKey: [company.id, 'spinners', 'all'],
    queryFn: () => everyPage(query => api.spinners(company.slug, query)),
  })

/** The company with the caller's own member id in it. */
export const companyQuery = (company: Company) =>
  queryOptions({
    queryKey: [company.id, 'company'],
    queryFn: () => api.company(company.slug),
    staleTime: 60_000,
  })

/** The logo as it was last changed; another one has another key. */
export const logoQuery = (company: Company, updatedAt: string) =>
  queryOptions({
    queryKey: [company.id, 'logo', updatedAt],
    queryFn: () => api.logo(company.slug),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const membersQuery = (company: Company) =>
  queryOptions({
    queryKey: [company.id, 'members'],
    queryFn: () => everyPage(query => api.members(company.slug, query)),
    staleTime: 60_000,
  })

export const spinsQuery = (company: Company, search: SpinsSearch, limit = 50) =>
  infiniteQueryOptions({
    queryKey: [company.id, 'spins', search, limit],
    queryFn: ({ pageParam }) => api.spins(company.slug, { limit, ...spinsFilter(search), ...pageParam }),
    initialPageParam: {},
    getNextPageParam: nextPage,
    placeholderData: (before, query) => (query?.queryKey[0] === company.id ? before : undefined),
  })

export const summaryQuery = (company: Company, range: Range) =>
  queryOptions({
    queryKey: [company.id, 'statistics', 'summary', range],
    queryFn: () => api.summary(company.slug, period(range)),
  })

export const summaryBeforeQuery = (company: Company, range: Range) =>
  queryOptions({
    queryKey: [company.id, 'statistics', 'summary-before', range],
    queryFn: async () => {
      const before = periodBefore(range)
      return before && api.summary(company.slug, before)
    },
  })

export const spinnerStatisticsQuery = (company: Company, range: Range) =>
  queryOptions({
    queryKey: [company.id, 'statistics', 'spinners', range],
    queryFn: () => everyPage(query => api.spinnerStatistics(company.slug, { ...period(range), ...query })),
  })

/** After a change in the company: everything of it that may show the change is read again. */
export function refresh(company: Company, ...what: ('spinners' | 'spins' | 'statistics')[]) {
  return Promise.all(what.map(name => queryClient.invalidateQueries({ queryKey: [company.id, name] })))
}

/** The cursor of the next page of a list, as its query. */
export function nextPage(page: Page<unknown>): { cursor?: string } | undefined {
  return page.nextCursor ? { cursor: page.nextCursor } : undefined
}

/** What the page of spins shows, as the API is asked for it. */
export function spinsFilter(search: SpinsSearch) {
  return {
    ...(search.spinner && { spinnerId: search.spinner }),
    ...(search.member && { memberId: search.member }),
    ...spinsPeriod(search),
  }
}

function spinsPeriod({ range, from, to }: SpinsSearch): { from?: string; to?: string } {
  if (!from && !to) return period(range ?? 'all')
  return { ...(from && { from: dayStart(from) }), ...(to && { to: dayEnd(to) }) }
}

/** All rows of a list, at most a thousand. */
export async function everyPage<T>(
  read: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = []
  let next: { cursor?: string } | undefined = {}
  while (next && items.length < 1000) {
    const page: Page<T> = await read({ limit: 100, ...next })
    items.push(...page.items)
    next = nextPage(page)
  }
  return items
}
