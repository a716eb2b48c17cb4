import { ApiProblem } from '@spintrack/client/problem'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

/** The only cache. Keys of a company's data begin with the company's id, so one company's rows never answer for another's. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeLostAccess }),
  mutationCache: new MutationCache({ onError: noticeLostAccess }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // An answer of the API is final; only what never arrived or came from an overloaded server is worth asking again.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiProblem && error.status < 500),
      networkMode: 'always',
    },
    // Offline is said at once instead of a button that seems to work for minutes.
    mutations: { networkMode: 'always' },
  },
})

/** Asks anew who may enter where; the company's layout then explains what was lost. */
export function noticeLostAccess(error: Error) {
  const codes = ['company_not_found', 'company_suspended', 'company_archived', 'forbidden']
  if (error instanceof ApiProblem && codes.includes(error.code)) {
    queryClient.invalidateQueries({ queryKey: ['session'], exact: true })
  }
}
