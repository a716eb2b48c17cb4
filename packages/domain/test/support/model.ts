import type { ProblemCode } from '@spintrack/contract/problems'

/** What the product ought to hold, kept in memory. Nothing here knows of schemas, roles or scopes. */
export type Model = { people: Person[]; companies: ModelCompany[] }

export type Person = { id: string; name: string; email: string; sessionId: string; chosen: ModelCompany | undefined }

export type ModelCompany = {
  id: string
  slug: string
  name: string
  /** In every text of this company and in no other's. */
  canary: string
  state: 'ready' | 'suspended'
  tenant: string
  memberships: Map<Person, { memberId: string; role: string }>
  members: Map<string, { name: string; left: boolean }>
  spinners: Map<string, ModelSpinner>
  spins: Map<string, ModelSpin>
}

export type ModelSpinner = {
  id: string
  serialNumber: string
  name: string
  status: 'active' | 'retired'
  memberId: string | null
  version: number
}

export type ModelSpin = {
  id: string
  spinnerId: string
  memberId: string
  startedAt: string
  durationMs: number
  note: string
  version: number
}

/** Why a person is not let into a company, if so. */
export function refusedEntry(company: ModelCompany, person: Person): ProblemCode | undefined {
  if (!company.memberships.has(person)) return 'company_not_found'
  return company.state === 'suspended' ? 'company_suspended' : undefined
}

/** The companies of a person as they are listed. */
export function companiesOf({ companies }: Model, person: Person) {
  return companies
    .filter(({ memberships }) => memberships.has(person))
    .map(({ id, slug, name, state, memberships }) => ({ id, slug, name, role: memberships.get(person)?.role, state }))
    .toSorted((a, b) => compare(a.name, b.name))
}

/** Spinners, newest first. */
export function listedSpinners({ spinners }: ModelCompany, status?: string): ModelSpinner[] {
  return [...spinners.values()]
    .filter(spinner => status === undefined || spinner.status === status)
    .toSorted((a, b) => compare(b.id, a.id))
}

/** Spins, latest start first. */
export function listedSpins({ spins }: ModelCompany, spinnerId?: string): Omit<ModelSpin, 'version'>[] {
  return [...spins.values()]
    .filter(spin => spinnerId === undefined || spin.spinnerId === spinnerId)
    .toSorted((a, b) => compare(b.startedAt, a.startedAt) || compare(b.id, a.id))
    .map(({ version: _, ...spin }) => spin)
}

export function listedMembers({ members }: ModelCompany) {
  return [...members]
    .map(([id, { name, left }]) => ({ id, name, active: !left }))
    .toSorted((a, b) => compare(a.id, b.id))
}

export function summaryOf({ spinners, members, spins }: ModelCompany) {
  return {
    spinners: [...spinners.values()].filter(({ status }) => status === 'active').length,
    members: [...members.values()].filter(({ left }) => !left).length,
    ...figures([...spins.values()]),
  }
}

/** Spinners by average duration, longest first; those never spun last. */
export function spinnerStatisticsOf({ spinners, spins }: ModelCompany) {
  return [...spinners.values()]
    .map(({ id, name, serialNumber, status }) => {
      const own = [...spins.values()].filter(({ spinnerId }) => spinnerId === id)
      const lastSpinAt =
        own
          .map(({ startedAt }) => startedAt)
          .toSorted()
          .at(-1) ?? null
      return { status, statistics: { spinnerId: id, name, serialNumber, ...figures(own), lastSpinAt } }
    })
    .filter(({ status, statistics }) => status === 'active' || statistics.spins > 0)
    .map(({ statistics }) => statistics)
    .toSorted((a, b) => (b.averageDurationMs ?? -1) - (a.averageDurationMs ?? -1) || compare(b.spinnerId, a.spinnerId))
}

function figures(spins: ModelSpin[]) {
  const durations = spins.map(({ durationMs }) => durationMs)
  const total = durations.reduce((sum, duration) => sum + duration, 0)
  return {
    spins: spins.length,
    totalDurationMs: total,
    averageDurationMs: spins.length ? Math.round(total / spins.length) : null,
    longestDurationMs: spins.length ? Math.max(...durations) : null,
  }
}

/** The order of the database for the texts that occur here. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
