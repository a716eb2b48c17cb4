import { examine } from '@spintrack/tenancy/doctor'
import t from 'tap'
import { tenantVersion } from '../src/blueprint.ts'
import { reportingTables, tableNames } from '../src/grants.ts'
import { testDatabase } from './support/database.ts'

t.test('a migrated database is healthy', async t => {
  const { owner } = await testDatabase(t)
  const findings = await examine(owner, {
    appLogin: 'spintrack_app',
    reporting: { login: 'spintrack_reporting', tables: reportingTables },
    version: tenantVersion,
    tables: tableNames,
  })
  t.strictSame(findings, [])
})
