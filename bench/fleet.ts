import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { openDatabase } from '@spintrack/database/database'
import { purgeDue } from '@spintrack/domain/purges'
import { migrateFleet } from '@spintrack/tenancy/fleet'
import { newTenantName, quoteTenantName } from '@spintrack/tenancy/names'
import type { Pool } from '@spintrack/tenancy/pool'
import { type Blueprint, provision } from '@spintrack/tenancy/provision'
import { inLanes } from './companies.ts'
import type { Figure } from './figure.ts'
import { type Installation, settle } from './installation.ts'
import { time } from './samples.ts'

const tenants = 1_000
const many = 5_000
const few = 100
/** Tenants that the two sides make in turns. */
const batch = 10
const workers = 4
const migrations = 5
const commands = 5

/**
 * Making and migrating tenants, against the same DDL by plain pg. The bare ones are made on a server of their own, which
 * thus has as many roles and tables; `small` is one that stays so.
 */
export async function fleet(
  product: Installation,
  plain: Installation,
  small: Installation,
  note: (line: string) => void,
): Promise<Figure[]> {
  note(`Provisioning ${tenants} tenants, and as many by bare DDL …`)
  const provisioned: number[] = []
  const bare: number[] = []
  for (let made = 0; made < tenants; made += batch) {
    const sides = [
      async () => provisioned.push(...(await each(() => provision(product.owner, product.blueprint)))),
      async () => bare.push(...(await each(() => bareTenant(plain.owner, plain.blueprint)))),
    ]
    for (const side of (made / batch) % 2 === 0 ? sides : sides.reverse()) await side()
  }
  await settle(product)
  note('Migrating them …')
  const nothing = await repeat(commands, () => migrateFleet(product))
  const command = await repeat(commands, () => spintrack(product, ['fleet', 'migrate']))
  const help = await repeat(commands, () => spintrack(product, ['--version']))
  const { migrated, altered } = await addColumns(product)
  note(`Provisioning up to ${many} …`)
  const blueprint = { ...product.blueprint, migrations: withColumns(product.blueprint, migrations) }
  await inLanes(workers, many - tenants, () => provision(product.owner, blueprint))
  await inLanes(workers, few, () => provision(small.owner, blueprint))
  await settle(product)
  await settle(small)
  const late: number[] = []
  const early: number[] = []
  for (let made = 0; made < few; made += batch) {
    const sides = [
      async () => late.push(...(await each(() => provision(product.owner, blueprint)))),
      async () => early.push(...(await each(() => provision(small.owner, blueprint)))),
    ]
    for (const side of (made / batch) % 2 === 0 ? sides : sides.reverse()) await side()
  }
  note(`Purging ${tenants} …`)
  const purged = await time(() => purge(product))
  return [
    {
      name: `tenant provisioned, the first ${tenants}`,
      unit: 'ms',
      samples: provisioned,
      baseline: { name: 'bare DDL', samples: bare },
      target: { of: 'ratio', atMost: 1.5 },
    },
    {
      name: `tenant provisioned, at ${many} tenants`,
      unit: 'ms',
      samples: late,
      baseline: { name: `at ${few} tenants`, samples: early },
      target: { of: 'ratio', atMost: 1.3 },
    },
    {
      name: `fleet of ${tenants} with nothing to do`,
      unit: 'ms',
      samples: nothing,
      target: { of: 'value', atMost: 1_000 },
    },
    {
      name: 'the same as a command, start-up included',
      unit: 'ms',
      samples: command,
      baseline: { name: 'start-up alone', samples: help },
    },
    {
      name: `ADD COLUMN in ${tenants} tenants, ${workers} workers`,
      unit: 'ms',
      samples: migrated,
      baseline: { name: `bare ALTERs, ${workers} connections`, samples: altered },
      target: { of: 'ratio', atMost: 2 },
    },
    { name: `${tenants} tenants purged one after another, at ${many}`, unit: 'ms', samples: [purged] },
  ]
}

/** With the locks that PostgreSQL has unless told otherwise. Throws when one of them stays. */
async function purge({ owner, appUrl, blueprint }: Installation): Promise<void> {
  const { rows } = await owner.query('show max_locks_per_transaction')
  if (rows[0].max_locks_per_transaction !== '64') throw new Error('Expected the default of max_locks_per_transaction')
  await owner.query(`update tenants set state = 'purging' where name in (select name from tenants limit ${tenants})`)
  const { tenancy, close } = openDatabase({ appUrl })
  try {
    const { purged, failed } = await purgeDue({ owner, tenancy, blueprint })
    if (purged.length !== tenants)
      throw new Error(`Expected ${tenants} purged, got ${purged.length}`, { cause: failed[0] })
  } finally {
    await close()
  }
}

/** What each of a batch takes, in milliseconds. */
async function each(work: () => Promise<unknown>): Promise<number[]> {
  return repeat(batch, work)
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = []
  for (let done = 0; done < times; done++) samples.push(await time(work))
  return samples
}

/** The statements alone: role, schema and tables, without rights and without a row anywhere. */
async function bareTenant(owner: Pool, { migrations, appLogin }: Blueprint): Promise<void> {
  const tenant = quoteTenantName(newTenantName())
  await owner.query(
    [
      'begin',
      `create role ${tenant} nologin role "${appLogin}"`,
      `create schema ${tenant}`,
      `set local search_path to ${tenant}`,
      ...migrations.map(({ sql }) => sql.trimEnd().replace(/;$/, '')),
      'commit',
    ].join(';\n'),
  )
}

/** In turns, a migration of the fleet that adds a column, and ALTERs that add another to the same tables. */
async function addColumns({ owner, blueprint }: Installation): Promise<{ migrated: number[]; altered: number[] }> {
  const { rows } = await owner.query<{ name: string }>("select name from tenants where state = 'standby'")
  const migrated: number[] = []
  const altered: number[] = []
  for (let round = 1; round <= migrations; round++) {
    const sides = [
      async () => {
        const next = { ...blueprint, migrations: withColumns(blueprint, round) }
        const took = await time(async () => {
          const { outcome } = await migrateFleet({ owner, blueprint: next, workers })
          if (outcome !== 'done') throw new Error(`Expected the migration to be done, and it was ${outcome}`)
        })
        migrated.push(took)
      },
      async () => {
        const alter = (index: number) =>
          owner.query(`alter table ${quoteTenantName(rows[index]?.name ?? '')}.spins add column bare_${round} text`)
        altered.push(await time(() => inLanes(workers, rows.length, alter)))
      },
    ]
    for (const side of round % 2 === 0 ? sides : sides.reverse()) await side()
  }
  return { migrated, altered }
}

function withColumns({ migrations }: Blueprint, count: number): Blueprint['migrations'] {
  const added = Array.from({ length: count }, (_, index) => ({
    version: migrations.length + index + 1,
    tag: `bench_${index + 1}`,
    sql: `alter table spins add column bench_${index + 1} text`,
  }))
  return [...migrations, ...added]
}

const program = join(import.meta.dirname, '../apps/cli/bin/spintrack.js')

async function spintrack({ ownerUrl, appUrl }: Installation, args: string[]): Promise<void> {
  const env = { PATH: process.env.PATH, DATABASE_URL: ownerUrl, DATABASE_APP_URL: appUrl }
  const child = spawn(process.execPath, [program, ...args], { env, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`spintrack ${args.join(' ')} ended with ${code}`)
}
