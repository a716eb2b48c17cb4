import { queryOptions } from '@tanstack/react-query'
import { api, type CompanySummary, type Invite } from './api.ts'
import { everyPage } from './queries.ts'
import { queryClient } from './query-client.ts'

type Company = Pick<CompanySummary, 'id' | 'slug'>

/** The open invitations of a company. */
export const invitationsQuery = (company: Company) =>
  queryOptions({
    queryKey: [company.id, 'invitations'],
    queryFn: () => everyPage(query => api.invitations(company.slug, query)),
  })

/** The invitation of a link, for whoever has it. */
export const inviteQuery = (token: string) =>
  queryOptions({ queryKey: ['invite', token], queryFn: () => api.invite(token), staleTime: 60_000 })

/** The invitations to the person's own address. */
export const myInvitesQuery = queryOptions({
  queryKey: ['invites'],
  queryFn: () => everyPage(query => api.myInvites(query)),
})

export function refreshInvitations(company: Company): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: invitationsQuery(company).queryKey })
}

export function refreshMembers(company: Company): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: [company.id, 'members'] })
}

/** The secret of the invitation that a page leads on to, if it is one. */
export function inviteTokenOf(path: string | undefined): string | undefined {
  return /^\/invite\/([\w-]+)$/.exec(path ?? '')?.[1]
}

/** Whether an invitation is for somebody else than who is logged in. */
export function isForAnother({ email }: Invite, user: { email: string }): boolean {
  return email !== null && email !== user.email
}
