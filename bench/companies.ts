import { openDatabase } from '@spintrack/database/database'
import { companies as companiesTable } from '@spintrack/database/public/companies'
import { users } from '@spintrack/database/public/users'
import { spins } from '@spintrack/database/tenant/spins'
import { createCompany, type Founder } from '@spintrack/domain/companies'
import { type Company, companyColumns, type Membership, openCompany } from '@spintrack/domain/company'
import { newId } from '@spintrack/domain/ids'
import { createSession, hashSessionId } from '@spintrack/domain/sessions'
import { createSpinner } from '@spintrack/domain/spinners'
import { createPool } from '@spintrack/tenancy/pool'
import { provision } from '@spintrack/tenancy/provision'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { eq } from 'drizzle-orm'
import { type Installation, settle } from './installation.ts'

/** How a company is found again from another pool. */
export type Home = Membership

const lanes = 4

/** Adds `count` companies with `spinsEach` spins, by the ways a company takes in life: provisioned, claimed, written to. */
export async function fill(installation: Installation, count: number, spinsEach: number): Promise<Home[]> {
  const { ownerUrl, appUrl, blueprint } = installation
  // Only the filling does without waiting for the disk, to be over sooner.
  const hasty = (url: string) => `${url}?options=${encodeURIComponent('-c synchronous_commit=off')}`
  const owner = createPool({ connectionString: hasty(ownerUrl), max: lanes })
  const { tenancy, close } = openDatabase({ appUrl: hasty(appUrl), max: lanes })
  try {
    await inLanes(lanes, count, () => provision(owner, blueprint))
    const founder = await addFounder(tenancy)
    const homes = await inLanes(lanes, count, async index => {
      const { id, role, memberId } = await createCompany(tenancy, founder, { name: `Company ${index}` })
      const [row] = await tenancy.control
        .select({ ...companyColumns, tenant: companiesTable.tenant })
        .from(companiesTable)
        .where(eq(companiesTable.id, id))
      if (!row) throw new Error('The company that was just made is not there')
      const home = { ...row, role, memberId, state: 'ready' as const, tenantVersion: blueprint.migrations.length }
      await addSpins(openCompany(tenancy, home), spinsEach)
      return home
    })
    await settle(installation)
    return homes
  } finally {
    await Promise.all([close(), owner.end()])
  }
}

/** A person with a session, such as creates a company in a browser. */
export async function addFounder({ control }: Tenancy): Promise<Founder> {
  const id = newId()
  const session = newId()
  await control.insert(users).values({ id, email: `${id}@bench.example`, name: 'Founder', passwordHash: 'none' })
  await createSession(control, { id: session, userId: id })
  return { id, name: 'Founder', sessionIdHash: hashSessionId(session) }
}

/** Writes `count` spins of one spinner, a minute apart. */
export async function addSpins(company: Company, count: number): Promise<void> {
  const spinner = await createSpinner(company, { name: 'Spinner', serialNumber: 'S-1' })
  const now = Date.now()
  const rows = Array.from({ length: count }, (_, index) => ({
    id: newId(),
    spinnerId: spinner.id,
    memberId: company.memberId,
    startedAt: new Date(now - index * 60_000),
    durationMs: 10_000 + index,
    note: index % 4 === 0 ? 'A quiet one' : null,
  }))
  await company.write(db => db.insert(spins).values(rows))
}

/** Runs `work` for 0 to `count` - 1, at most `width` at a time, and gives the results in order. */
export async function inLanes<T>(width: number, count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const lane = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await work(index)
  }
  await Promise.all(Array.from({ length: width }, lane))
  return results
}
