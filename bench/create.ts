import { type Database, openDatabase } from '@spintrack/database/database'
import { createCompany, type Founder } from '@spintrack/domain/companies'
import { provision } from '@spintrack/tenancy/provision'
import { addFounder } from './companies.ts'
import type { Figure } from './figure.ts'
import type { Installation } from './installation.ts'
import { time } from './samples.ts'

const rounds = 16
/** As many as the worker makes at once when half of its standby tenants are gone. */
const batch = 3

/**
 * Creating a company, in an installation of few and one of many. In turns, a batch of tenants is provisioned and then
 * claimed, as in life: so the first claim after each batch pays for looking the app login's memberships up again.
 */
export async function create(few: Installation, many: Installation): Promise<Figure[]> {
  const [small, large] = [await open(few), await open(many)]
  try {
    await turn(small)
    await turn(large)
    small.forget()
    large.forget()
    for (let round = 0; round < rounds; round++) {
      // Whoever goes second finds the disk as the first left it.
      for (const side of round % 2 === 0 ? [small, large] : [large, small]) await turn(side)
    }
  } finally {
    await Promise.all([small.database.close(), large.database.close()])
  }
  return [
    {
      name: 'company claimed from standby, 10 tenants',
      unit: 'ms',
      samples: small.claims,
      target: { of: 'value', atMost: 10 },
    },
    {
      name: 'company claimed from standby, 1,000 tenants',
      unit: 'ms',
      samples: large.claims,
      baseline: { name: '10 tenants', samples: small.claims },
      target: { of: 'value', atMost: 10 },
    },
    {
      name: 'tenant provisioned, 1,000 tenants',
      unit: 'ms',
      samples: large.provisions,
      baseline: { name: '10 tenants', samples: small.provisions },
      target: { of: 'ratio', atMost: 1.3 },
    },
  ]
}

type Side = {
  installation: Installation
  database: Database
  founder: Founder
  provisions: number[]
  claims: number[]
  forget(): void
}

async function open(installation: Installation): Promise<Side> {
  const database = openDatabase({ appUrl: installation.appUrl })
  const side: Side = {
    installation,
    database,
    founder: await addFounder(database.tenancy),
    provisions: [],
    claims: [],
    forget: () => {
      side.provisions = []
      side.claims = []
    },
  }
  return side
}

async function turn({ installation, database, founder, provisions, claims }: Side): Promise<void> {
  const { owner, blueprint } = installation
  for (let made = 0; made < batch; made++) provisions.push(await time(() => provision(owner, blueprint)))
  for (let made = 0; made < batch; made++) {
    // A slug of its own: a name that is taken would cost a second try, and more of them from round to round.
    const name = { name: 'Bench', slug: `bench-${crypto.randomUUID().slice(0, 8)}` }
    claims.push(await time(() => createCompany(database.tenancy, founder, name)))
  }
}
