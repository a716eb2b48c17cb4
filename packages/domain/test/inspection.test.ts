import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { createCompany } from '../src/companies.ts'
import { inspectCompany } from '../src/inspection.ts'
import { addFounder } from './support/founder.ts'

const { tenancy, owner } = await testDatabase(t)

t.test('an inspection counts rows, bytes and people, and knows a tenant that lacks a table', async t => {
  const founder = await addFounder(tenancy)
  const company = await createCompany(tenancy, founder, { name: 'Acme' })
  const before = await inspectCompany(tenancy, company.id)
  const { tenant } = before
  await owner.query(`drop table "${tenant}".export_chunks;
    insert into "${tenant}".spinners (id, serial_number, name) select gen_random_uuid(), n, n from generate_series(1, 500) n`)

  const inspection = await inspectCompany(tenancy, 'acme')
  t.match(inspection, { id: company.id, slug: 'acme', name: 'Acme', state: 'ready', members: 1, version: Number })
  t.match(inspection, { lastOpenedAt: Date, createdAt: Date, deleteAfter: null, demoExpiresAt: null })
  t.match(inspection.rows, { members: 1, spinners: 500, spins: 0 })
  t.notOk('export_chunks' in inspection.rows)
  t.ok(inspection.sizeBytes > before.sizeBytes)
  await t.rejects(inspectCompany(tenancy, 'nobody'), { code: 'company_not_found' })
})
