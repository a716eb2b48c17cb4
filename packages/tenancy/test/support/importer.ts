// tsx importer.ts <owner's address> <archive>: imports an archive with a build that waits for the test in its last migration.
import { tenantBlueprint } from '@spintrack/database/blueprint'
import { importTenant } from '../../src/archive-import.ts'
import { createPool } from '../../src/pool.ts'
import { library } from './archives.ts'
import { next } from './builds.ts'

const [connectionString = '', path = ''] = process.argv.slice(2)
const owner = createPool({ connectionString, applicationName: 'killed import' })
const waiting = next(library(tenantBlueprint('spintrack_app')), 'select pg_advisory_xact_lock(4712)')
await importTenant(owner, waiting, path, { application: 'library' }, async () => {})
