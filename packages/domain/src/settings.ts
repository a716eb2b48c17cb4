import type { Company as CompanyShape, UpdateCompany } from '@spintrack/contract/companies'
import { companies } from '@spintrack/database/public/companies'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { and, eq } from 'drizzle-orm'
import { type Company, companyColumns, describeCompany, nextVersion } from './company.ts'
import { refusal } from './refusals.ts'
import { staleVersion } from './versions.ts'

/**
 * Changes a company's name, address or looks, if it is still at `version` when one is given. Its old address leads
 * nowhere from then on, and another company may take it. Throws `slug_taken`, `stale_version`.
 */
export async function updateCompany(
  db: ControlDb,
  company: Company,
  { name, slug, branding }: UpdateCompany,
  version?: number,
): Promise<CompanyShape> {
  const [row] = await db
    .update(companies)
    .set({ name: name?.trim(), slug, ...branding, version: nextVersion })
    .where(and(eq(companies.id, company.id), version === undefined ? undefined : eq(companies.version, version)))
    .returning(companyColumns)
    .catch(error => {
      throw refusal(error)
    })
  if (!row) throw staleVersion()
  return describeCompany({ ...company, ...row })
}
