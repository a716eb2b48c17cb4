import { join } from 'node:path'
import { joinDataSteps, readMigrations } from '@spintrack/tenancy/migrations'
import type { Blueprint } from '@spintrack/tenancy/provision'
import { dataSteps } from './data-steps.ts'
import { reportingTables, tenantGrants } from './grants.ts'

/** The folders of the two sets of migrations. */
export const migrationFolders = {
  public: join(import.meta.dirname, '../migrations/public'),
  tenant: join(import.meta.dirname, '../migrations/tenant'),
}

const migrations = joinDataSteps(readMigrations(migrationFolders.tenant), dataSteps)

/** The version of a tenant that this build provisions. */
export const tenantVersion = migrations.length

/** How this build makes a tenant for an installation with these logins. */
export function tenantBlueprint(appLogin: string, reportingLogin?: string): Blueprint {
  return {
    migrations,
    grants: tenantGrants,
    appLogin,
    ...(reportingLogin !== undefined && { reportingLogin, reportingTables }),
  }
}
