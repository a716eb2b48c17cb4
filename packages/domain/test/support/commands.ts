import { randomUUID } from 'node:crypto'
import { companies } from '@spintrack/database/public/companies'
import { spinners } from '@spintrack/database/tenant/spinners'
import { tenants } from '@spintrack/tenancy/tenants'
import { eq, sql } from 'drizzle-orm'
import { logIn, signUp } from '../../src/accounts.ts'
import { createCompany, companiesOf as listedCompanies } from '../../src/companies.ts'
import type { Company } from '../../src/company.ts'
import { newId } from '../../src/ids.ts'
import { listMembers } from '../../src/members.ts'
import { joinCompany, leaveCompany } from '../../src/memberships.ts'
import { chooseCompany, createSession, hashSessionId } from '../../src/sessions.ts'
import { createSpinner, deleteSpinner, getSpinner, listSpinners, updateSpinner } from '../../src/spinners.ts'
import { createSpin, deleteSpin, getSpin, listSpins, updateSpin } from '../../src/spins.ts'
import { spinnerStatistics, summary } from '../../src/statistics.ts'
import {
  companiesOf,
  listedMembers,
  listedSpinners,
  listedSpins,
  type Model,
  type ModelCompany,
  type ModelSpin,
  type ModelSpinner,
  type Person,
  refusedEntry,
  spinnerStatisticsOf,
  summaryOf,
} from './model.ts'
import { enter, type Late, mostCompanies, newCanary, type Outcome, type World } from './world.ts'

/** Random numbers, of which each command takes what it needs; each is an index into what there is at that moment. */
export type Draw = { person: number; company: number; item: number; other: number; choice: number }

/** A command that is ready to run: what it does, what must come of it, and what the model then does. */
export type Step = {
  company?: ModelCompany
  expected: Outcome
  run: () => Promise<unknown>
  /** Follows a run that succeeded; gets its whole answer, of which `expected` may name a part. */
  apply?: (answer: never) => void
  /** Companies whose canaries may show in the answer. */
  mayShow: ModelCompany[]
}

type Command = (world: World, draw: Draw) => Step | undefined

/** How a company is used from within: the answer that must come, or the refusal, once the person is let in. */
type Inside = (
  company: ModelCompany,
  draw: Draw,
  world: World,
  person: Person,
) => Omit<Step, 'run' | 'mayShow' | 'company'> & { run: (company: Company) => Promise<unknown> }

const password = 'a password that nobody guesses'
// The same few in every company: they are unique within each and not beyond.
const serialNumbers = ['SN-1', 'SN-2', 'SN-3']
const slugs = [undefined, 'acme']
const roles = ['admin', 'member', 'viewer'] as const

const accountCommands: Record<string, Command> = {
  signUp({ database: { tenancy }, hasher, model }, { person }) {
    const email = `person-${person % 5}@example.com`
    const name = `Person ${person % 5}`
    const sessionId = randomUUID()
    return {
      expected: model.people.some(other => other.email === email) ? { refused: 'email_taken' } : { answer: {} },
      run: async () => {
        const id = await signUp(tenancy.control, hasher, { email, name, password })
        await createSession(tenancy.control, { id: sessionId, userId: id })
        return { id }
      },
      apply: ({ id }: { id: string }) => model.people.push({ id, name, email, sessionId, chosen: undefined }),
      mayShow: [],
    }
  },

  logIn({ database: { tenancy }, hasher, model }, { person, choice }) {
    const { id, email } = pick(model.people, person)
    const right = choice % 2 === 0
    return {
      expected: right ? { answer: id } : { refused: 'invalid_credentials' },
      run: () => logIn(tenancy.control, hasher, { email, password: right ? password : `${password}!` }),
      mayShow: [],
    }
  },

  createCompany({ database: { tenancy }, model }, { person, choice }) {
    if (model.companies.length >= mostCompanies) return undefined
    const founder = pick(model.people, person)
    const canary = newCanary()
    const slug = pick(slugs, choice)
    const taken = model.companies.some(company => company.slug === slug)
    return {
      expected: taken
        ? { refused: 'slug_taken' }
        : { answer: { slug: slug ?? `company-${canary}`, name: `Company ${canary}`, role: 'owner', state: 'ready' } },
      run: async () => {
        const sessionIdHash = hashSessionId(founder.sessionId)
        const company = await createCompany(
          tenancy,
          { id: founder.id, name: founder.name, sessionIdHash },
          { name: `Company ${canary}`, ...(slug !== undefined && { slug }) },
        )
        const [row] = await tenancy.control
          .select({ tenant: companies.tenant })
          .from(companies)
          .where(eq(companies.id, company.id))
        return { ...company, ...row }
      },
      apply: ({
        id,
        slug,
        name,
        memberId,
        tenant,
      }: {
        id: string
        slug: string
        name: string
        memberId: string
        tenant: string
      }) => {
        const company: ModelCompany = {
          ...{ id, slug, name, canary, tenant, state: 'ready' },
          memberships: new Map([[founder, { memberId, role: 'owner' }]]),
          members: new Map([[memberId, { name: founder.name, left: false }]]),
          spinners: new Map(),
          spins: new Map(),
        }
        model.companies.push(company)
        founder.chosen = company
      },
      mayShow: [],
    }
  },

  join({ database: { tenancy }, model }, { person, company: index, choice }) {
    if (model.companies.length === 0) return undefined
    const joiner = pick(model.people, person)
    const company = pick(model.companies, index)
    const role = pick(roles, choice)
    return {
      company,
      expected: company.memberships.has(joiner) ? { refused: '23505' } : { answer: {} },
      run: async () => ({
        memberId: await joinCompany(tenancy, company.id, { id: joiner.id, name: joiner.name, role }),
      }),
      apply: ({ memberId }: { memberId: string }) => {
        company.memberships.set(joiner, { memberId, role })
        company.members.set(memberId, { name: joiner.name, left: false })
      },
      mayShow: [company],
    }
  },

  leave({ database: { tenancy }, model }, { person, company: index }) {
    if (model.companies.length === 0) return undefined
    const leaver = pick(model.people, person)
    const company = pick(model.companies, index)
    return {
      company,
      expected: { answer: undefined },
      run: () => leaveCompany(tenancy, company.id, leaver.id),
      apply: () => {
        const membership = company.memberships.get(leaver)
        const member = company.members.get(membership?.memberId ?? '')
        if (member) member.left = true
        company.memberships.delete(leaver)
      },
      mayShow: [company],
    }
  },

  suspendOrResume({ database: { tenancy }, model }, { company: index, choice }) {
    if (model.companies.length === 0) return undefined
    const company = pick(model.companies, index)
    const state = choice % 4 === 0 ? 'suspended' : 'ready'
    return {
      company,
      expected: { answer: undefined },
      run: async () => {
        await tenancy.control.update(tenants).set({ state }).where(eq(tenants.name, company.tenant))
      },
      apply: () => {
        company.state = state
      },
      mayShow: [company],
    }
  },

  switchCompany({ database: { tenancy }, findPrincipal, model }, { person, company: index }) {
    if (model.companies.length === 0) return undefined
    const switcher = pick(model.people, person)
    const company = pick(model.companies, index)
    const membership = company.memberships.get(switcher)
    return {
      expected: {
        answer: {
          user: { id: switcher.id },
          membership: membership
            ? { ...membership, id: company.id, slug: company.slug, tenant: company.tenant, state: company.state }
            : null,
        },
      },
      run: async () => {
        await chooseCompany(tenancy.control, hashSessionId(switcher.sessionId), company.id)
        return findPrincipal(switcher.sessionId)
      },
      apply: () => {
        switcher.chosen = company
      },
      mayShow: membership ? [company] : [],
    }
  },

  whoAmI({ findPrincipal, model }, { person }) {
    const { id, sessionId, chosen, name, email } = pick(model.people, person)
    const membership = chosen && [...chosen.memberships].find(([member]) => member.id === id)?.[1]
    return {
      expected: {
        answer: {
          user: { id, name, email },
          session: { companyId: chosen?.id ?? null },
          membership:
            membership && chosen ? { ...membership, id: chosen.id, name: chosen.name, state: chosen.state } : null,
        },
      },
      run: () => findPrincipal(sessionId),
      mayShow: chosen ? [chosen] : [],
    }
  },

  listCompanies({ database: { tenancy }, model }, { person }) {
    const lister = pick(model.people, person)
    return {
      expected: { answer: companiesOf(model, lister) },
      run: () => listedCompanies(tenancy.control, lister.id),
      mayShow: model.companies.filter(({ memberships }) => memberships.has(lister)),
    }
  },
}

const insideCommands: Record<string, Inside> = {
  createSpinner(company, { item, other, choice }, { model }) {
    const serialNumber = pick(serialNumbers, item)
    const name = `Spinner ${company.canary} ${item}`
    const memberId = choice % 3 === 0 ? anyMember(model, company, other) : null
    const refused = takenSerial(company, serialNumber)
      ? 'serial_number_taken'
      : memberId !== null && !company.members.has(memberId)
        ? 'not_found'
        : undefined
    return {
      expected: expecting(refused, { serialNumber, name, memberId, status: 'active', version: 1 }),
      run: entered => createSpinner(entered, { serialNumber, name, memberId }),
      apply: ({ id }: { id: string }) =>
        company.spinners.set(id, { id, serialNumber, name, memberId, status: 'active', version: 1 }),
    }
  },

  updateSpinner(company, { item, other, choice }, { model }) {
    const id = anySpinner(model, company, item)
    const spinner = company.spinners.get(id)
    const changes = [
      { name: `Renamed ${company.canary} ${other}` },
      { status: 'retired' as const },
      { status: 'active' as const },
      { serialNumber: pick(serialNumbers, other) },
    ][choice % 4] as Partial<ModelSpinner>
    const version = expectedVersion(spinner, choice)
    const refused =
      refusedChange(spinner, version) ??
      (takenSerial(company, changes.serialNumber, id) ? 'serial_number_taken' : undefined)
    const changed = spinner && { ...spinner, ...changes, version: spinner.version + 1 }
    return {
      expected: expecting(refused, changed),
      run: entered => updateSpinner(entered, id, changes, version),
      apply: () => changed && company.spinners.set(id, changed),
    }
  },

  deleteSpinner(company, { item, choice }, { model }) {
    const id = anySpinner(model, company, item)
    const spinner = company.spinners.get(id)
    const version = expectedVersion(spinner, choice)
    const spun = [...company.spins.values()].some(({ spinnerId }) => spinnerId === id)
    return {
      expected: expecting(refusedChange(spinner, version) ?? (spun ? 'spinner_has_spins' : undefined), undefined),
      run: entered => deleteSpinner(entered, id, version),
      apply: () => company.spinners.delete(id),
    }
  },

  getSpinner(company, { item }, { model }) {
    const id = anySpinner(model, company, item)
    return {
      expected: expecting(company.spinners.has(id) ? undefined : 'not_found', company.spinners.get(id)),
      run: entered => getSpinner(entered, id),
    }
  },

  createSpin(company, { item, other, choice }, { model }, person) {
    const spinnerId = anySpinner(model, company, item)
    const spinner = company.spinners.get(spinnerId)
    const memberId = choice % 3 === 0 ? anyMember(model, company, other) : undefined
    const startedAt = new Date(Date.UTC(2026, 0, 1, 0, other % 7)).toISOString()
    const durationMs = 1 + ((item * 7919 + other * 104_729) % 86_400_000)
    const note = `Note ${company.canary}`
    const spin = {
      ...{ spinnerId, startedAt, durationMs, note },
      memberId: memberId ?? (company.memberships.get(person)?.memberId as string),
    }
    const refused =
      spinner?.status === 'retired'
        ? 'spinner_retired'
        : !spinner || !company.members.has(spin.memberId)
          ? 'not_found'
          : undefined
    return {
      expected: expecting(refused, { value: spin, version: 1 }),
      run: entered => createSpin(entered, { spinnerId, startedAt, durationMs, note, ...(memberId && { memberId }) }),
      apply: ({ value: { id } }: { value: { id: string } }) => company.spins.set(id, { id, ...spin, version: 1 }),
    }
  },

  updateSpin(company, { item, other, choice }, { model }) {
    const id = anySpin(model, company, item)
    const spin = company.spins.get(id)
    const changes = [
      { durationMs: 1 + other * 1_000 },
      { note: `Edited ${company.canary} ${other}` },
      { memberId: anyMember(model, company, other) },
    ][choice % 3] as Partial<ModelSpin>
    const version = expectedVersion(spin, choice)
    const stranger = changes.memberId !== undefined && !company.members.has(changes.memberId)
    const changed = spin && { ...spin, ...changes, version: spin.version + 1 }
    return {
      expected: expecting(
        refusedChange(spin, version) ?? (stranger ? 'not_found' : undefined),
        changed && versioned(changed),
      ),
      run: entered => updateSpin(entered, id, changes, version),
      apply: () => changed && company.spins.set(id, changed),
    }
  },

  deleteSpin(company, { item, choice }, { model }) {
    const id = anySpin(model, company, item)
    const version = expectedVersion(company.spins.get(id), choice)
    return {
      expected: expecting(refusedChange(company.spins.get(id), version), undefined),
      run: entered => deleteSpin(entered, id, version),
      apply: () => company.spins.delete(id),
    }
  },

  getSpin(company, { item }, { model }) {
    const id = anySpin(model, company, item)
    const spin = company.spins.get(id)
    return {
      expected: expecting(spin ? undefined : 'not_found', spin && versioned(spin)),
      run: entered => getSpin(entered, id),
    }
  },

  listSpinners(company, { item, choice }) {
    const status = ([undefined, 'active', 'retired'] as const)[choice % 3]
    return {
      expected: { answer: listedSpinners(company, status) },
      run: entered =>
        allPages(cursor =>
          listSpinners(entered, { limit: 1 + (item % 3), ...(status && { status }), ...(cursor && { cursor }) }),
        ),
    }
  },

  listSpins(company, { item, other, choice }, { model }) {
    const spinnerId = choice % 3 === 0 ? anySpinner(model, company, other) : undefined
    return {
      expected: { answer: listedSpins(company, spinnerId) },
      run: entered =>
        allPages(cursor =>
          listSpins(entered, { limit: 1 + (item % 3), ...(spinnerId && { spinnerId }), ...(cursor && { cursor }) }),
        ),
    }
  },

  listMembers: (company, _draw, { database }) => ({
    expected: { answer: listedMembers(company) },
    run: async entered => (await listMembers(database.tenancy.control, entered, {})).items,
  }),
  summary: company => ({ expected: { answer: summaryOf(company) }, run: entered => summary(entered, {}) }),
  spinnerStatistics: (company, { item }) => ({
    expected: { answer: spinnerStatisticsOf(company) },
    run: entered =>
      allPages(cursor => spinnerStatistics(entered, { limit: 1 + (item % 3), ...(cursor && { cursor }) })),
  }),

  /** A mistake: the scope fails while another part of the work still means to ask something. */
  lateQuery(company, _draw, world) {
    let ended = false
    return {
      expected: { refused: '22012' },
      run: entered => {
        const failing = entered.write(async db => {
          let resolve = () => {}
          const later = new Promise<void>(wake => {
            resolve = wake
          })
          const query = later.then(() => db.select().from(spinners))
          query.catch(() => {})
          const late: Late = { company, query, inTime: false, wake: () => {} }
          late.wake = () => {
            if (!ended) late.inTime = true
            resolve()
          }
          world.late.push(late)
          // What Promise.all of both would do, which gives up at the first error.
          await db.execute(sql`select 1 / 0`)
        })
        return failing.finally(() => {
          ended = true
        })
      },
    }
  },

  failingWrite(company, { choice }) {
    const [refused, fail] = [
      ['on purpose', () => Promise.reject(new Error('on purpose'))],
      ['TransactionAborted', (failing: Promise<unknown>) => failing.catch(() => {})],
      ['22012', (failing: Promise<unknown>) => failing],
    ][choice % 3] as [string, (failing: Promise<unknown>) => Promise<unknown>]
    return {
      expected: { refused },
      run: entered =>
        entered.write(async db => {
          await db.insert(spinners).values({ id: newId(), serialNumber: 'half', name: `Half ${company.canary}` })
          const failing = db.execute(sql`select 1 / 0`).then()
          failing.catch(() => {})
          await fail(failing)
          await failing.catch(() => {})
        }),
    }
  },
}

export const commands: Record<string, Command> = {
  ...accountCommands,
  ...Object.fromEntries(Object.entries(insideCommands).map(([name, inside]) => [name, entering(inside)])),
}

/** The command from the door on: whoever is not let in gets no further. */
function entering(inside: Inside): Command {
  return (world, draw) => {
    const { people, companies } = world.model
    if (companies.length === 0) return undefined
    const company = pick(companies, draw.company)
    const members = [...company.memberships.keys()]
    // Mostly somebody who may: a sequence of refusals tests little.
    const person = members.length > 0 && draw.person % 4 > 0 ? pick(members, draw.person) : pick(people, draw.person)
    const refused = refusedEntry(company, person)
    const step = inside(company, draw, world, person)
    return {
      ...step,
      company,
      expected: refused === undefined ? step.expected : { refused },
      run: async () => step.run(await enter(world, person, company)),
      mayShow: [company],
    }
  }
}

/** More than any sequence makes. */
const mostRows = 100

async function allPages<T>(page: (cursor: string | undefined) => Promise<{ items: T[]; nextCursor: string | null }>) {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await page(cursor)
    all.push(...items)
    cursor = nextCursor ?? undefined
    if (all.length > mostRows) throw new Error('pages without end')
  } while (cursor !== undefined)
  return all
}

function expecting(refused: string | undefined, answer: unknown): Outcome {
  return refused === undefined ? { answer } : { refused }
}

function versioned({ version, ...value }: ModelSpin) {
  return { value, version }
}

/** No version, the right one, or an old one. */
function expectedVersion(row: { version: number } | undefined, choice: number): number | undefined {
  return [undefined, row?.version ?? 1, 0][choice % 5]
}

function refusedChange(row: { version: number } | undefined, version: number | undefined): string | undefined {
  if (!row) return 'not_found'
  return version === undefined || version === row.version ? undefined : 'stale_version'
}

function takenSerial({ spinners }: ModelCompany, serialNumber: string | undefined, by?: string): boolean {
  return [...spinners.values()].some(spinner => spinner.serialNumber === serialNumber && spinner.id !== by)
}

/** Mostly an id of the company, now and then one of another company or of nobody. */
const anySpinner = (model: Model, company: ModelCompany, index: number) =>
  anyId(model, company, index, ({ spinners }) => [...spinners.keys()])
const anySpin = (model: Model, company: ModelCompany, index: number) =>
  anyId(model, company, index, ({ spins }) => [...spins.keys()])
const anyMember = (model: Model, company: ModelCompany, index: number) =>
  anyId(model, company, index, ({ members }) => [...members.keys()])

function anyId(model: Model, company: ModelCompany, index: number, ids: (company: ModelCompany) => string[]): string {
  const foreign = model.companies.filter(other => other !== company).flatMap(ids)
  const own = ids(company)
  const candidates = index % 4 === 0 && foreign.length > 0 ? foreign : own
  return candidates.length > 0 ? pick(candidates, index) : newId()
}

function pick<T>(from: readonly T[], index: number): T {
  return from[index % from.length] as T
}
