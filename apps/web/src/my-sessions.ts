import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { everyPage } from './queries.ts'
import { queryClient } from './query-client.ts'

/** Where the person is logged in. */
export const mySessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: () => everyPage(query => api.mySessions(query)),
})

export function refreshMySessions(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: mySessionsQuery.queryKey })
}
