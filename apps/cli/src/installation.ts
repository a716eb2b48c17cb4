import { randomBytes } from 'node:crypto'
import { openEmbedded } from '@spintrack/database/embedded'
import type { Settings } from './settings.ts'

/** Where the database is and what opens it, whether it is somebody's server or the embedded one. */
export type Installation = {
  /** Absent where a process was given the app login alone. */
  ownerUrl?: string
  appUrl: string
  /** Absent where no setting names it. */
  reportingUrl?: string
  /** Only of the embedded database; elsewhere a superuser is the operator's own business. */
  superuserUrl?: string
  sessionSecrets: string[]
  embedded: boolean
  close(): Promise<void>
}

/** Opens the database that the settings name, or starts or shares the embedded one. */
export async function openInstallation(settings: Settings, log: (line: string) => void): Promise<Installation> {
  const { databaseUrl, databaseAppUrl, databaseReportingUrl, sessionSecrets } = settings
  if (databaseAppUrl) {
    return {
      ...(databaseUrl && { ownerUrl: databaseUrl }),
      appUrl: databaseAppUrl,
      ...(databaseReportingUrl && { reportingUrl: databaseReportingUrl }),
      // Outside production a forgotten secret only means that a restart logs everybody out.
      sessionSecrets: sessionSecrets ?? [randomBytes(32).toString('hex')],
      embedded: false,
      close: async () => {},
    }
  }
  const embedded = await openEmbedded({ directory: settings.dataDir, log })
  return {
    ownerUrl: embedded.ownerUrl,
    appUrl: embedded.appUrl,
    reportingUrl: embedded.reportingUrl,
    superuserUrl: embedded.superuserUrl('spintrack'),
    sessionSecrets: sessionSecrets ?? [embedded.sessionSecret],
    embedded: true,
    close: embedded.close,
  }
}
