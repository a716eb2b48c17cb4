// tsx worker-process.ts <owner's address> <app's address>: a worker to be killed.

import { tenantBlueprint } from '@spintrack/database/blueprint'
import { openDatabase } from '@spintrack/database/database'
import { createPool } from '@spintrack/tenancy/pool'
import { startRunner } from '../../src/runner.ts'
import { courier } from './courier.ts'

const [ownerUrl = '', appUrl = ''] = process.argv.slice(2)
const { tenancy } = openDatabase({ appUrl })
await startRunner({
  owner: createPool({ connectionString: ownerUrl }),
  tenancy,
  blueprint: tenantBlueprint('spintrack_app'),
  courier,
  onError: error => process.stderr.write(`${String(error)}\n`),
})
