import { randomInt } from 'node:crypto'
import { users } from '@spintrack/database/public/users'
import { members } from '@spintrack/database/tenant/members'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import type { TenantDb } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { signUp } from './accounts.ts'
import { createCompany } from './companies.ts'
import { type DemoCompany, demoCompanies, demoPeople } from './demo-plan.ts'
import type { Hasher } from './hashing.ts'
import { newId } from './ids.ts'
import { joinCompany, tenantOf } from './memberships.ts'

/** A login of the demo and the names of its companies. */
export type DemoLogin = { email: string; password: string; companies: string[] }

/** Together with today 30 days, so that the demo fills the dashboard's period and nothing of it falls before. */
const days = 29
const dayMs = 24 * 60 * 60 * 1000

/** Whether nobody has an account yet. */
export async function isEmpty({ control }: Tenancy): Promise<boolean> {
  const [user] = await control.select({ id: users.id }).from(users).limit(1)
  return user === undefined
}

/**
 * Fills an empty installation with two companies, three people and a month of spins up to yesterday. Passwords are random,
 * so that a demo that somebody exposes does not have one that everybody knows.
 */
export async function createDemo(tenancy: Tenancy, hasher: Hasher, now = new Date()): Promise<DemoLogin[]> {
  const accounts = new Map<string, Account>()
  for (const { email, name } of demoPeople) {
    const password = randomPassword()
    accounts.set(email, { id: await signUp(tenancy.control, hasher, { email, name, password }), name, password })
  }
  for (const plan of demoCompanies) await createDemoCompany(tenancy, plan, accounts, now)
  return [...accounts].map(([email, { password }]) => ({
    email,
    password,
    companies: demoCompanies
      .filter(({ people }) => people.some(person => person.email === email))
      .map(({ name }) => name),
  }))
}

type Account = { id: string; name: string; password: string }

async function createDemoCompany(tenancy: Tenancy, plan: DemoCompany, accounts: Map<string, Account>, now: Date) {
  const account = (email: string) => accounts.get(email) as Account
  const [founder, ...others] = plan.people
  const company = await createCompany(tenancy, account(founder.email), plan)
  const memberIds = [company.memberId]
  for (const { email, role } of others) {
    const memberId = await joinCompany(tenancy, company.id, { ...account(email), role })
    if (role !== 'viewer') memberIds.push(memberId)
  }
  await tenancy.scope(await tenantOf(tenancy.control, company.id), {}, async db => {
    const leaver = { id: newId(), name: plan.leaver, leftAt: new Date(now.getTime() - 9 * dayMs) }
    await db.insert(members).values(leaver)
    const spinnerIds = await insertSpinners(db, plan)
    await db
      .insert(spins)
      .values([
        ...believableSpins(plan, { spinnerIds, memberIds, from: days, to: 0, now }),
        ...believableSpins(
          { ...plan, spinsPerWorkday: 3 },
          { spinnerIds, memberIds: [leaver.id], from: days, to: 9, now },
        ),
      ])
  })
}

async function insertSpinners(db: TenantDb, plan: DemoCompany): Promise<string[]> {
  const rows = plan.spinners.map(({ typicalSeconds: _, ...spinner }) => ({ id: newId(), ...spinner }))
  await db.insert(spinners).values(rows)
  return rows.map(({ id }) => id)
}

type Cast = { spinnerIds: string[]; memberIds: string[]; from: number; to: number; now: Date }

/** Spins of office hours, fewer at weekends, whose durations scatter around what is typical of each spinner. */
function believableSpins(plan: DemoCompany, { spinnerIds, memberIds, from, to, now }: Cast) {
  const rows: (typeof spins.$inferInsert)[] = []
  for (let ago = from; ago > to; ago--) {
    const midnight = new Date(now.getTime() - ago * dayMs).setUTCHours(0, 0, 0, 0)
    const weekend = [0, 6].includes(new Date(midnight).getUTCDay())
    const count = weekend ? randomInt(2) : plan.spinsPerWorkday + randomInt(5) - 2
    for (let n = 0; n < count; n++) {
      const index = randomInt(spinnerIds.length)
      const typicalMs = (plan.spinners[index]?.typicalSeconds ?? 60) * 1000
      rows.push({
        id: newId(),
        spinnerId: spinnerIds[index] as string,
        memberId: memberIds[randomInt(memberIds.length)] as string,
        startedAt: new Date(midnight + 8 * 3_600_000 + randomInt(10 * 3_600_000)),
        durationMs: Math.round(typicalMs * (0.35 + (randomInt(1000) + randomInt(1000)) / 1500)),
        note: randomInt(12) === 0 ? (notes[randomInt(notes.length)] as string) : null,
      })
    }
  }
  return rows
}

const notes = [
  'During the stand-up',
  'New bearing',
  'Personal best?',
  'Waiting for the build',
  'Left hand',
  'After lunch',
]
const words =
  'amber basil cedar delta ember fjord gravel harbor indigo juniper kettle lantern maple nectar onyx pebble'.split(' ')

/** Four words and a number: about 32 bits, for a demo that one person tries on their own machine. */
function randomPassword(): string {
  return [...Array.from({ length: 4 }, () => words[randomInt(words.length)]), randomInt(1000, 100_000)].join('-')
}
