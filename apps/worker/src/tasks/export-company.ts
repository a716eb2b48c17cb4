import { runExport } from '@spintrack/domain/export-job'
import type { TenantTask } from '../task.ts'

/** Makes an archive for the people of a company. One that is closed meanwhile gets it when it opens again. */
export const exportOne: TenantTask<{ exportId: string }> = {
  whenClosed: 'retry',
  run: ({ tenancy }, tenant, { exportId }) => runExport(tenancy, tenant, exportId),
}
