import type { Company as CompanyShape } from '@spintrack/contract/companies'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { companies } from '@spintrack/database/public/companies'
import { dailySummaries } from '@spintrack/database/tenant/daily-summaries'
import { members } from '@spintrack/database/tenant/members'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import type { TenantDb } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { type Company, companyColumns, describeCompany, nextVersion } from './company.ts'
import { ownDemo } from './demo-plan.ts'
import { insertExamples, leftAt } from './examples.ts'
import { newId } from './ids.ts'
import { refusal } from './refusals.ts'

/** When a demo that begins now goes, by the database's clock. */
export const demoExpiry = sql`now() + ${sql.raw(`interval '${limits.days.demo} days'`)}`

/** Fills a company with colleagues who are made up, and with spinners and spins of theirs and of `memberId`. */
export async function fillDemo(db: TenantDb, memberId: string, now = new Date()): Promise<void> {
  const { colleagues, leaver } = ownDemo
  const people = await cast(db, [...colleagues.map(name => ({ name })), { name: leaver, leftAt: leftAt(now) }])
  const named = (name: string) => people.get(name) as string
  const memberIds = [memberId, ...colleagues.map(named)]
  await insertExamples(db, ownDemo, { memberIds, leaverId: named(leaver), now })
}

/**
 * Begins a demo anew: its spinners and spins go, the examples come, and it expires later. Its people, name and branding
 * stay. Throws `not_a_demo`.
 */
export async function resetDemo(tenancy: Tenancy, company: Company): Promise<CompanyShape> {
  return tenancy
    .transaction(async (db, enter) => {
      const [row] = await db
        .update(companies)
        .set({ demoExpiresAt: demoExpiry, version: nextVersion })
        .where(isDemo(company))
        .returning(companyColumns)
      if (!row) throw notADemo()
      await company.within(
        db,
        enter,
      )(async (inside, tell) => {
        // Whoever records a spin meanwhile waits here, and then finds its spinner gone.
        await inside.select({ id: spinners.id }).from(spinners).orderBy(asc(spinners.id)).for('update')
        for (const table of [spins, spinners, dailySummaries]) await inside.delete(table)
        await fillDemo(inside, company.memberId)
        tell({ type: 'demo.reset', count: ownDemo.spinners.length })
      })
      return describeCompany({ ...company, ...row })
    })
    .catch(error => {
      throw refusal(error)
    })
}

/** Makes an ordinary company of a demo, with all that is in it. Throws `not_a_demo`. */
export async function keepDemo({ control }: Tenancy, company: Company): Promise<void> {
  const { rowCount } = await control
    .update(companies)
    .set({ demoUserId: null, demoExpiresAt: null, version: nextVersion })
    .where(isDemo(company))
  if (!rowCount) throw notADemo()
}

/** The ids of the people of these names, by name. Those of before are taken again, since members are never deleted. */
async function cast(db: TenantDb, people: { name: string; leftAt?: Date }[]): Promise<Map<string, string>> {
  const names = people.map(({ name }) => name)
  const known = await db
    .select({ id: members.id, name: members.name })
    .from(members)
    .where(inArray(members.name, names))
    .orderBy(asc(members.id))
  const ids = new Map(known.map(({ id, name }) => [name, id]))
  const missing = people.filter(({ name }) => !ids.has(name)).map(person => ({ id: newId(), ...person }))
  if (missing.length > 0) await db.insert(members).values(missing)
  for (const { id, name } of missing) ids.set(name, id)
  return ids
}

function isDemo({ id }: Company) {
  return and(eq(companies.id, id), isNotNull(companies.demoUserId))
}

function notADemo(): ProblemError {
  return new ProblemError('not_a_demo', 'This is an ordinary company, not a demo. Nothing was changed.')
}
