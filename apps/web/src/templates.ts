import { queryOptions } from '@tanstack/react-query'
import { api } from './api.ts'
import { everyPage } from './queries.ts'
import { queryClient } from './query-client.ts'

/** The templates of all companies the person administers, so the key names none. */
export const templatesQuery = queryOptions({
  queryKey: ['templates'],
  queryFn: () => everyPage(query => api.templates(query)),
})

export function refreshTemplates(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: templatesQuery.queryKey })
}
