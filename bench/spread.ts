import { openDatabase } from '@spintrack/database/database'
import { spins } from '@spintrack/database/tenant/spins'
import { type Company, openCompany } from '@spintrack/domain/company'
import { listSpins } from '@spintrack/domain/spins'
import { desc, getTableColumns, sql } from 'drizzle-orm'
import { type Home, inLanes } from './companies.ts'
import type { Figure } from './figure.ts'
import type { Installation } from './installation.ts'
import { privateMegabytes } from './memory.ts'
import { median, shuffled, time } from './samples.ts'

/** Pools, one after another: fewer reads than a connection may serve before it is replaced, which would make it cold. */
const pools = 3
const pairs = 4
const reads = 1_000
const connections = 4
const few = 10

/**
 * Reading 20 spins in a scope, spread over all tenants and over ten of them: the same pool and as many reads. First
 * every connection reads every tenant once, so that both find the backend's catalogue cache filled.
 */
export async function spread({ appUrl }: Installation, homes: Home[]): Promise<Figure[]> {
  const wide: number[] = []
  const narrow: number[] = []
  const cold: number[] = []
  const memory = { few: [] as number[], all: [] as number[] }
  for (let made = 0; made < pools; made++) {
    const database = openDatabase({ appUrl, max: connections })
    try {
      const companies = shuffled(homes).map(home => openCompany(database.tenancy, home))
      const ten = companies.slice(0, few)
      const { pids } = await visitAll(ten)
      memory.few.push(...(await privateMegabytes(pids)))
      cold.push(...(await visitAll(companies.slice(few))).ms)
      memory.all.push(...(await privateMegabytes(pids)))
      for (let pair = 0; pair < pairs; pair++) {
        if (pair % 2 === 0) wide.push(await p50(companies))
        narrow.push(await p50(ten))
        if (pair % 2 === 1) wide.push(await p50(companies))
      }
    } finally {
      await database.close()
    }
  }
  return [
    {
      name: `read in a scope, p50, over ${homes.length.toLocaleString('en')} tenants, every connection warm`,
      unit: 'ms',
      samples: wide,
      baseline: { name: `${few} tenants`, samples: narrow },
      target: { of: 'ratio', atMost: 1.25 },
    },
    { name: 'first read of a tenant on a connection', unit: 'ms', samples: cold },
    ...(memory.all.length === 0 || memory.few.length !== memory.all.length
      ? []
      : [
          {
            name: `memory of a connection that has seen ${homes.length.toLocaleString('en')} tenants`,
            unit: 'MB' as const,
            samples: memory.all,
            baseline: { name: `${few} tenants`, samples: memory.few },
          },
        ]),
  ]
}

async function p50(companies: Company[]): Promise<number> {
  return median(
    await inLanes(connections, reads, index =>
      time(() => listSpins(companies[index % companies.length] as Company, { limit: 20 })),
    ),
  )
}

type Visit = { pid: number; ms: number }

/** Reads each company once on every connection of the pool; gives the visits to the last company, and all times. */
async function visitAll(companies: Company[]): Promise<{ pids: number[]; ms: number[] }> {
  const ms: number[] = []
  let visits: Visit[] = []
  for (const company of companies) {
    visits = await visit(company)
    ms.push(...visits.map(visit => visit.ms))
  }
  return { pids: visits.map(({ pid }) => pid), ms }
}

/** Scopes that wait for each other before they end, so that no two get the same connection. */
async function visit(company: Company): Promise<Visit[]> {
  let arrived = 0
  let open = () => {}
  const all = new Promise<void>(resolve => {
    open = resolve
  })
  return inLanes(connections, connections, () => {
    const start = performance.now()
    return company.read(async db => {
      const rows = await db
        .select({ ...getTableColumns(spins), pid: sql<number>`pg_backend_pid()` })
        .from(spins)
        .orderBy(desc(spins.startedAt), desc(spins.id))
        .limit(21)
      const ms = performance.now() - start
      if (++arrived >= connections) open()
      await all
      return { pid: rows[0]?.pid ?? 0, ms }
    })
  })
}
