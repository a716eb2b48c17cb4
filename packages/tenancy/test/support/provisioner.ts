// tsx provisioner.ts <owner's address> <SQL>: provisions a tenant with one migration more.
import { tenantBlueprint } from '@spintrack/database/blueprint'
import { createPool } from '../../src/pool.ts'
import { provision } from '../../src/provision.ts'

const [connectionString = '', sql = ''] = process.argv.slice(2)
const blueprint = tenantBlueprint('spintrack_app')
const owner = createPool({ connectionString, applicationName: 'killed provisioning' })
await provision(owner, { ...blueprint, migrations: [...blueprint.migrations, { version: 2, tag: 'last', sql }] })
