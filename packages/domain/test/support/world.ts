import { randomBytes } from 'node:crypto'
import { ProblemError } from '@spintrack/contract/problems'
import { type Database, openDatabase } from '@spintrack/database/database'
import type { TestDatabase } from '@spintrack/database/testing'
import { rootCause } from '@spintrack/tenancy/errors'
import { provision } from '@spintrack/tenancy/provision'
import { type Company, openCompany } from '../../src/company.ts'
import { createHasher } from '../../src/hashing.ts'
import { createFindPrincipal, type FindPrincipal } from '../../src/principal.ts'
import type { Model, ModelCompany, Person } from './model.ts'

/** Companies of one sequence, of which each takes a tenant. */
export const mostCompanies = 4

/** The product, the model, and the queries that are still to come too late. */
export type World = {
  owner: TestDatabase['owner']
  database: Database
  findPrincipal: FindPrincipal
  hasher: ReturnType<typeof createHasher>
  model: Model
  late: Late[]
}

/** A query of a company that waits to be woken, which should happen when its scope has long ended. */
export type Late = { company: ModelCompany; query: Promise<unknown>; wake: () => void; inTime: boolean }

/** Makes the tenants that all worlds use one after the other, and the pools of one to three connections. */
export async function createWorlds(
  t: { teardown(work: () => unknown): void },
  { owner, appUrl, blueprint }: TestDatabase,
) {
  const { rows } = await owner.query<{ name: string }>('select name from tenants')
  const names = rows.map(({ name }) => name)
  while (names.length < mostCompanies) names.push((await provision(owner, blueprint)).name)
  const hasher = createHasher({ parameters: { memoryCost: 1024, timeCost: 2, parallelism: 1 } })
  const pools = [1, 2, 3].map(max => {
    const database = openDatabase({ appUrl, max })
    t.teardown(() => database.close())
    return { database, findPrincipal: createFindPrincipal(database.tenancy.control) }
  })
  const clear = [
    ...names.flatMap(name => ['spins', 'spinners', 'members'].map(table => `delete from "${name}".${table}`)),
    ...['sessions', 'memberships', 'companies', 'users'].map(table => `delete from ${table}`),
    "update tenants set state = 'standby', claimed_at = null",
  ].join(';')

  /** An empty world over a pool of so many connections. Tenants of the last one get other companies. */
  return async (connections: number): Promise<World> => {
    await owner.query(clear)
    const pool = pools[connections - 1]
    if (!pool) throw new Error(`Expected 1 to 3 connections, got ${connections}`)
    return { owner, hasher, ...pool, model: { people: [], companies: [] }, late: [] }
  }
}

export function newCanary(): string {
  return `canary${randomBytes(6).toString('hex')}`
}

/** Lets a person into a company as the API does. Late queries of others wake up inside what is done there. */
export async function enter(world: World, person: Person, { id }: ModelCompany): Promise<Company> {
  const principal = await world.findPrincipal(person.sessionId, id)
  if (!principal?.membership) throw new ProblemError('company_not_found')
  if (principal.membership.state === 'suspended') throw new ProblemError('company_suspended')
  const company = openCompany(world.database.tenancy, principal.membership)
  const waking =
    <Args extends unknown[], T>(work: (...args: Args) => Promise<T>) =>
    (...args: Args) => {
      for (const { wake } of world.late) wake()
      return work(...args)
    }
  return { ...company, read: work => company.read(waking(work)), write: work => company.write(waking(work)) }
}

/** What came of it, in a form that can be compared. */
export type Outcome = { answer: unknown } | { refused: string }

export function settle(promise: Promise<unknown>): Promise<Outcome> {
  return promise.then(
    answer => ({ answer }),
    error => {
      const { code, name, message } = rootCause(error) as Error & { code?: string }
      return { refused: code ?? (name === 'Error' ? message : name) }
    },
  )
}

/** The rows of every company as they are in the database, in the shape of the model. */
export async function storedRows({ owner, model }: World) {
  if (model.companies.length === 0) return []
  const parts = model.companies.map(
    ({ id, tenant }, index) => `select ${index} as index, '${id}' as id,
      (select state from tenants where name = '${tenant}') as state,
      (select coalesce(json_agg(json_build_array(user_id, member_id, role) order by member_id), '[]') from memberships where company_id = '${id}') as memberships,
      (select coalesce(json_agg(json_build_array(id, name, left_at is not null) order by id), '[]') from "${tenant}".members) as members,
      (select coalesce(json_agg(json_build_array(id, serial_number, name, status, member_id, version) order by id), '[]') from "${tenant}".spinners) as spinners,
      (select coalesce(json_agg(json_build_array(id, spinner_id, member_id, extract(epoch from started_at)::bigint * 1000, duration_ms, note, version) order by id), '[]') from "${tenant}".spins) as spins`,
  )
  const { rows } = await owner.query(`${parts.join(' union all ')} order by index`)
  return rows.map(({ index: _, ...row }) => row)
}

/** The same rows as the model has them. */
export function expectedRows({ model }: World) {
  const sorted = <T>(rows: T[], key: (row: T) => unknown) =>
    rows.toSorted((a, b) => (String(key(a)) < String(key(b)) ? -1 : 1))
  return model.companies.map(({ id, state, memberships, members, spinners, spins }) => ({
    id,
    state,
    memberships: sorted(
      [...memberships].map(([person, { memberId, role }]) => [person.id, memberId, role]),
      row => row[1],
    ),
    members: sorted(
      [...members].map(([id, { name, left }]) => [id, name, left]),
      row => row[0],
    ),
    spinners: sorted(
      [...spinners.values()].map(s => [s.id, s.serialNumber, s.name, s.status, s.memberId, s.version]),
      row => row[0],
    ),
    spins: sorted(
      [...spins.values()].map(s => [
        s.id,
        s.spinnerId,
        s.memberId,
        Date.parse(s.startedAt),
        s.durationMs,
        s.note,
        s.version,
      ]),
      row => row[0],
    ),
  }))
}
