import { tenantBlueprint, tenantVersion } from '@spintrack/database/blueprint'
import { type Database, openDatabase } from '@spintrack/database/database'
import { reportingTables, tableNames } from '@spintrack/database/grants'
import { login } from '@spintrack/database/login'
import { migrate } from '@spintrack/database/migrate'
import { examine, type Finding } from '@spintrack/tenancy/doctor'
import { createPool, type Pool } from '@spintrack/tenancy/pool'
import type { Blueprint } from '@spintrack/tenancy/provision'
import { CommandError } from './errors.ts'
import { describeResult, runFleet } from './fleet.ts'
import { type Installation, openInstallation } from './installation.ts'
import { printError } from './output.ts'
import { Resources } from './resources.ts'
import { readSettings, type Settings } from './settings.ts'

/** An installation opened for a command: both logins, and everything closed again when the command ends. */
export type Control = {
  installation: Installation
  /** A pool of the owner login. */
  owner: Pool
  database: Database
  blueprint: Blueprint
  resources: Resources
}

/** Opens the installation. Close `resources` when done. */
export async function openControl(settings: Settings, log: (line: string) => void): Promise<Control> {
  const resources = new Resources()
  try {
    const installation = resources.add(await openInstallation(settings, log), opened => opened.close())
    const { ownerUrl } = installation
    if (!ownerUrl) throw new CommandError('This command needs the owner login too. Set DATABASE_URL to it.')
    const owner = resources.add(
      createPool({ connectionString: ownerUrl, max: 10, applicationName: 'spintrack owner' }),
      pool => pool.end(),
    )
    const database = resources.add(openDatabase({ appUrl: installation.appUrl }), opened => opened.close())
    return { installation, owner, database, blueprint: blueprintOf(installation), resources }
  } catch (error) {
    await resources.close()
    throw error
  }
}

/** Opens the installation for the length of a command. */
export async function withControl(work: (control: Control) => Promise<void>): Promise<void> {
  const control = await openControl(readSettings(), line => printError(`${line}\n`))
  try {
    await work(control)
  } finally {
    await control.resources.close()
  }
}

/** Brings the control tables to this build, and what belongs to the database as a whole. */
export async function prepareDatabase({ installation, owner }: Control): Promise<void> {
  const { ownerUrl = '', appUrl, reportingUrl, superuserUrl } = installation
  const superuser = superuserUrl && createPool({ connectionString: superuserUrl, max: 1 })
  try {
    const logins = { ownerUrl, appUrl, ...(reportingUrl && { reportingUrl }) }
    await migrate({ owner, ...logins, ...(superuser && { superuser }) })
  } finally {
    if (superuser) await superuser.end()
  }
}

/**
 * Brings the database and every company to this build. Throws when the control tables cannot follow; of companies that
 * cannot it only warns, since they answer for themselves and the others should not wait for them.
 */
export async function bringUpToDate(control: Control): Promise<void> {
  await prepareDatabase(control)
  const result = await runFleet(control, {})
  if (result.outcome !== 'current') printError(await describeResult(control, result))
}

function blueprintOf({ appUrl, reportingUrl }: Addresses): Blueprint {
  return tenantBlueprint(login(appUrl).user, reportingUrl && login(reportingUrl).user)
}

type Addresses = Pick<Installation, 'appUrl' | 'reportingUrl'>

/** What is wrong with the installation. Needs no more than the app login. */
export async function findProblems(pool: Pool, { appUrl, reportingUrl }: Addresses): Promise<Finding[]> {
  const reporting = reportingUrl && { reporting: { login: login(reportingUrl).user, tables: reportingTables } }
  return examine(pool, { appLogin: login(appUrl).user, version: tenantVersion, tables: tableNames, ...reporting })
}

/** Refuses to go on with an installation that does not keep its companies apart. */
export async function requireHealthy(pool: Pool, addresses: Addresses): Promise<void> {
  const findings = await findProblems(pool, addresses)
  if (findings.length === 0) return
  throw new CommandError(`The database is not safe to serve from.\n${describeFindings(findings)}`)
}

/** Findings as lines for a person: the problem, then what mends it. */
export function describeFindings(findings: Finding[]): string {
  return findings.map(({ problem, mend }) => `  ${problem}\n    mend it with: ${mend}`).join('\n')
}
