import { createPool, type Pool } from '@spintrack/tenancy/pool'
import { createTenancy, type Tenancy } from '@spintrack/tenancy/tenancy'

/** The app's side of the database: a pool of the app login and the engine over it. */
export type Database = { pool: Pool; tenancy: Tenancy; close(): Promise<void> }

/** Opens a pool of the reporting login, for `across`. Connects on first use. */
export function openReporting(reportingUrl: string): Pool {
  return createPool({ connectionString: reportingUrl, applicationName: 'spintrack reporting', max: 2 })
}

/** Opens the pool of the app login. Connects on first use, so it never fails here. */
export function openDatabase(options: { appUrl: string; max?: number; onError?: (error: Error) => void }): Database {
  const pool = createPool({
    connectionString: options.appUrl,
    applicationName: 'spintrack api',
    ...(options.max && { max: options.max }),
    ...(options.onError && { onError: options.onError }),
  })
  return { pool, tenancy: createTenancy(pool), close: () => pool.end() }
}
