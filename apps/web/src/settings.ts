import { ApiProblem } from '@spintrack/client/problem'
import { queryOptions } from '@tanstack/react-query'
import { api, type Company, type CompanySummary } from './api.ts'
import { companyQuery } from './queries.ts'
import { queryClient } from './query-client.ts'
import { refreshSession } from './session.ts'

type Changes = Parameters<typeof api.updateCompany>[2]

/**
 * The company as its settings page shows it. Read once and not again behind the back of who is typing, so that a change
 * somebody else made meanwhile is noticed when saving.
 */
export const settingsQuery = (company: Pick<CompanySummary, 'id' | 'slug'>) =>
  queryOptions({
    queryKey: [company.id, 'settings'],
    queryFn: () => api.company(company.slug),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** Changes the company the page shows, and everything that shows it. Refused with `stale_version` once; again is meant. */
export async function saveSettings(company: CompanySummary, shown: Company, changes: Changes): Promise<void> {
  try {
    await show(await api.updateCompany(company.slug, shown.version, changes))
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'stale_version') await readAgain(company)
    throw error
  }
}

/** Sets the logo, or takes it away. */
export async function saveLogo(company: CompanySummary, image: File | null): Promise<void> {
  await (image ? api.putLogo(company.slug, image) : api.deleteLogo(company.slug))
  await show(await readAgain(company))
}

function readAgain(company: CompanySummary): Promise<Company> {
  return queryClient.fetchQuery({ ...settingsQuery(company), staleTime: 0 })
}

/** Set rather than read again: until the session is here, the page asks at the old address. */
async function show(changed: Company): Promise<void> {
  queryClient.setQueryData(settingsQuery(changed).queryKey, changed)
  queryClient.setQueryData(companyQuery(changed).queryKey, changed)
  await refreshSession()
}
