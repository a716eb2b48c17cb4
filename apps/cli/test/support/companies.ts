import type { TestDatabase } from '@spintrack/database/testing'
import { createCompany } from '@spintrack/domain/companies'
import { newId } from '@spintrack/domain/ids'

/** Companies with these slugs, and the tenant of each. */
export async function newCompanies({ owner, tenancy }: TestDatabase, slugs: string[]): Promise<Record<string, string>> {
  const founder = { id: newId(), name: 'Ida' }
  const email = `${founder.id}@example.org`
  await owner.query("insert into users (id, email, name, password_hash) values ($1, $2, 'Ida', '')", [
    founder.id,
    email,
  ])
  for (const slug of slugs) await createCompany(tenancy, founder, { name: `=${slug.toUpperCase()}, "Inc."`, slug })
  const { rows } = await owner.query('select slug, tenant from companies')
  return Object.fromEntries(rows.map(({ slug, tenant }) => [slug, tenant]))
}
