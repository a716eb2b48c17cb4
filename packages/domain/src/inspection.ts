import { ProblemError } from '@spintrack/contract/problems'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { quoteIdentifier } from '@spintrack/tenancy/names'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { tenants } from '@spintrack/tenancy/tenants'
import { count, eq, max, sql } from 'drizzle-orm'
import { findCompany } from './lifecycle.ts'

/** What an operator wants to know of one company. `rows` are those of its tables, `sizeBytes` is what they and their indexes take. */
export type Inspection = {
  id: string
  slug: string
  name: string
  tenant: string
  state: string
  version: number
  members: number
  lastOpenedAt: Date | null
  createdAt: Date
  demoExpiresAt: Date | null
  deleteAfter: Date | null
  sizeBytes: number
  rows: Record<string, number>
}

/** Looks at a company from outside and inside; counting reads every row of it once. Throws company_not_found. */
export async function inspectCompany(tenancy: Tenancy, slugOrId: string): Promise<Inspection> {
  const { id, slug, name, tenant, state, deleteAfter } = await findCompany(tenancy.control, slugOrId)
  const [facts] = await tenancy.control
    .select({
      version: tenants.version,
      createdAt: companies.createdAt,
      demoExpiresAt: companies.demoExpiresAt,
      members: count(memberships.userId),
      lastOpenedAt: max(memberships.lastOpenedAt),
    })
    .from(companies)
    .innerJoin(tenants, eq(tenants.name, companies.tenant))
    .leftJoin(memberships, eq(memberships.companyId, companies.id))
    .where(eq(companies.id, id))
    .groupBy(tenants.name, companies.id)
  if (!facts) throw new ProblemError('company_not_found')
  return { id, slug, name, tenant, state, ...facts, deleteAfter, ...(await measure(tenancy, tenant)) }
}

/** The tables are asked for: a tenant that is behind does not have them all. */
function measure(tenancy: Tenancy, name: string): Promise<{ sizeBytes: number; rows: Record<string, number> }> {
  return tenancy.scope({ name }, { readOnly: true }, async db => {
    const { rows: tables } = await db.execute<{ table: string; bytes: number }>(sql`
      select relname as table, pg_total_relation_size(oid)::float8 as bytes from pg_class
      where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') order by 1`)
    const rows: Record<string, number> = {}
    for (const { table } of tables) {
      const counted = await db.execute<{ n: number }>(
        sql`select count(*)::float8 as n from ${sql.raw(quoteIdentifier(table))}`,
      )
      rows[table] = counted.rows[0]?.n as number
    }
    return { sizeBytes: tables.reduce((sum, { bytes }) => sum + bytes, 0), rows }
  })
}
