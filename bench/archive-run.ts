// Exports or imports one company in a process of its own and prints milliseconds and its peak of memory as JSON.

import { tenantBlueprint } from '@spintrack/database/blueprint'
import { openDatabase } from '@spintrack/database/database'
import { login } from '@spintrack/database/login'
import { archivePlan, importCompany } from '@spintrack/domain/archives'
import { exportTenant } from '@spintrack/tenancy/archive-export'
import { writeWhole } from '@spintrack/tenancy/archive-file'
import { createPool } from '@spintrack/tenancy/pool'
import { time } from './samples.ts'

export type ArchiveRun = { ms: number; peakMegabytes: number }

const [direction, ownerUrl = '', appUrl = '', file = '', company = ''] = process.argv.slice(2)
const ms = await time(direction === 'export' ? exportOne : importOne)
const peakMegabytes = process.resourceUsage().maxRSS / 1024
process.stdout.write(JSON.stringify({ ms, peakMegabytes } satisfies ArchiveRun))

/** `company` is the name of its tenant. */
async function exportOne(): Promise<void> {
  const { tenancy, close } = openDatabase({ appUrl })
  const tenant = { name: company }
  await writeWhole(file, destination => exportTenant(tenancy, tenant, archivePlan(tenant), destination))
  await close()
}

/** `company` is the slug it is to have. */
async function importOne(): Promise<void> {
  const owner = createPool({ connectionString: ownerUrl })
  await importCompany(owner, tenantBlueprint(login(appUrl).user), file, { slug: company })
  await owner.end()
}
