import { allows } from '@spintrack/contract/permissions'
import { useState } from 'react'
import type { CompanySummary, Spinner } from './api.ts'
import { useCompany, useSession } from './session.ts'

/** Spinners chosen in a list. They stay chosen when a search no longer shows them. */
export type SpinnerChoice = {
  chosen: Spinner[]
  has(spinner: Spinner): boolean
  add(spinners: Spinner[]): void
  remove(spinners: Spinner[]): void
  clear(): void
}

export function useSpinnerChoice(): SpinnerChoice {
  const [chosen, setChosen] = useState<Spinner[]>([])
  const without = (spinners: Spinner[], list: Spinner[]) =>
    list.filter(({ id }) => !spinners.some(spinner => spinner.id === id))
  return {
    chosen,
    has: spinner => chosen.some(({ id }) => id === spinner.id),
    add: spinners => setChosen(list => [...without(spinners, list), ...spinners]),
    remove: spinners => setChosen(list => without(spinners, list)),
    clear: () => setChosen([]),
  }
}

/** The other companies that the person may copy spinners of this one into. */
export function useCopyTargets(): CompanySummary[] {
  const company = useCompany()
  const { companies } = useSession()
  if (!allows(company.role, 'copies.write')) return []
  return companies.filter(
    ({ id, role, state }) => id !== company.id && state === 'ready' && allows(role, 'copies.write'),
  )
}
