import { companies } from '@spintrack/database/public/companies'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { inArray } from 'drizzle-orm'

/** A company's address, and its tenant. For operators only: no request may ask this. */
export type Home = { slug: string; tenant: string }

const columns = { slug: companies.slug, tenant: companies.tenant }

/** The homes of the companies with these slugs; those that do not exist are left out. */
export async function homesOf(db: ControlDb, slugs: string[]): Promise<Home[]> {
  return db.select(columns).from(companies).where(inArray(companies.slug, slugs))
}

/** Whose homes these tenants are; those that belong to nobody are left out. */
export async function homesAt(db: ControlDb, tenants: string[]): Promise<Home[]> {
  return db.select(columns).from(companies).where(inArray(companies.tenant, tenants))
}
