import { useQueries, useQuery } from '@tanstack/react-query'
import type { Spin, Spinner } from './api.ts'
import { allSpinnersQuery, membersQuery, spinnerQuery } from './queries.ts'
import { useCompany } from './session.ts'

export type Names = {
  spinner: (id: string) => Spinner | undefined
  member: (id: string) => string | undefined
}

/** Puts names to the ids of `spins`. A spinner beyond the first thousand is asked for by itself. */
export function useNames(spins: Spin[] = []): Names {
  const company = useCompany()
  const { data: spinners, isSuccess } = useQuery(allSpinnersQuery(company))
  const { data: members } = useQuery(membersQuery(company))
  const known = new Map(spinners?.map(spinner => [spinner.id, spinner]))
  const missing = isSuccess ? [...new Set(spins.map(spin => spin.spinnerId))].filter(id => !known.has(id)) : []
  const asked = useQueries({ queries: missing.map(id => spinnerQuery(company, id)) })
  return {
    spinner: id => known.get(id) ?? asked.find(({ data }) => data?.id === id)?.data,
    member: id => members?.find(member => member.id === id)?.name,
  }
}
