import { randomInt } from 'node:crypto'
import { users } from '@spintrack/database/public/users'
import { members } from '@spintrack/database/tenant/members'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { signUp } from './accounts.ts'
import { createCompany } from './companies.ts'
import { type DemoCompany, demoCompanies, demoPeople } from './demo-plan.ts'
import { insertExamples, leftAt } from './examples.ts'
import type { Hasher } from './hashing.ts'
import { newId } from './ids.ts'
import { joinCompany, tenantOf } from './memberships.ts'

/** A login of the demo and the names of its companies. */
export type DemoLogin = { email: string; password: string; companies: string[] }

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
    accounts.set(email, {
      id: await signUp(tenancy.control, hasher, { email, name, password }, { verified: true }),
      name,
      password,
    })
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
    const leaver = { id: newId(), name: plan.leaver, leftAt: leftAt(now) }
    await db.insert(members).values(leaver)
    await insertExamples(db, plan, { memberIds, leaverId: leaver.id, now })
  })
}

const words =
  'amber basil cedar delta ember fjord gravel harbor indigo juniper kettle lantern maple nectar onyx pebble'.split(' ')

/** Four words and a number: about 32 bits, for a demo that one person tries on their own machine. */
function randomPassword(): string {
  return [...Array.from({ length: 4 }, () => words[randomInt(words.length)]), randomInt(1000, 100_000)].join('-')
}
