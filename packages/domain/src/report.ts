import { spins } from '@spintrack/database/tenant/spins'
import { across } from '@spintrack/tenancy/across'
import type { ControlDb } from '@spintrack/tenancy/handles'
import type { Pool } from '@spintrack/tenancy/pool'
import { count, sql } from 'drizzle-orm'
import { everyCompany } from './companies.ts'
import { findCompany } from './lifecycle.ts'

/** The spins of one company. */
export type CompanySpins = {
  slug: string
  name: string
  spins: number
  averageDurationMs: number | null
  /** ISO 8601. */
  lastSpinAt: string | null
}

/** `failed` are the companies that could not be asked, with PostgreSQL's reason. */
export type SpinsReport = { companies: CompanySpins[]; failed: { slug: string; name: string; error: unknown }[] }

type ReportOptions = {
  /** Companies to ask; all that are open, suspended or archived when left out. Throws company_not_found. */
  slugs?: string[]
  /** For all companies together. */
  timeoutMs?: number
}

/**
 * How much each company spins, by slug. For operators and staff: it looks into every company. `reporting` is a pool of
 * the reporting login.
 */
export async function spinsReport(
  db: ControlDb,
  reporting: Pool,
  { slugs, timeoutMs = 30_000 }: ReportOptions = {},
): Promise<SpinsReport> {
  const companies = slugs ? await named(db, slugs) : (await everyCompany(db)).filter(({ state }) => settled.has(state))
  const { rows, errors } = await across(
    reporting,
    companies.map(({ tenant }) => ({ name: tenant })),
    (db, from) => db.select(figures).from(from(spins)),
    { maxRows: companies.length, timeoutMs },
  )
  const found = new Map(rows.map(({ tenant, ...row }) => [tenant, row]))
  const errorOf = new Map(errors.map(({ tenant, error }) => [tenant, error]))
  return {
    companies: companies.flatMap(({ slug, name, tenant }) => {
      const row = found.get(tenant)
      return row ? [{ slug, name, ...row, lastSpinAt: row.lastSpinAt?.toISOString() ?? null }] : []
    }),
    failed: companies.flatMap(({ slug, name, tenant }) =>
      errorOf.has(tenant) ? [{ slug, name, error: errorOf.get(tenant) }] : [],
    ),
  }
}

const settled = new Set<string>(['ready', 'suspended', 'archived'])

const figures = {
  spins: count(),
  averageDurationMs: sql<number | null>`round(avg(${spins.durationMs}))::float8`,
  lastSpinAt: sql<Date | null>`max(${spins.startedAt})`.mapWith(spins.startedAt),
}

async function named(db: ControlDb, slugs: string[]) {
  const companies = []
  for (const slug of new Set(slugs)) companies.push(await findCompany(db, slug))
  return companies
}
