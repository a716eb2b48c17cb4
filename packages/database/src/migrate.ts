import { harden } from '@spintrack/tenancy/hardening'
import { quoteIdentifier } from '@spintrack/tenancy/names'
import type { Pool } from '@spintrack/tenancy/pool'
import { grantReporting } from '@spintrack/tenancy/reporting'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as migratePublic } from 'drizzle-orm/node-postgres/migrator'
import { migrationFolders, tenantBlueprint } from './blueprint.ts'
import { publicGrants } from './grants.ts'
import { installJobs } from './jobs.ts'
import { type Login, login } from './login.ts'

export type MigrateOptions = {
  /** A pool of the owner login. */
  owner: Pool
  ownerUrl: string
  appUrl: string
  /** Left out where nobody asks questions to all companies. */
  reportingUrl?: string
  /** A pool of a superuser of the same database, when there is one apart from the owner. */
  superuser?: Pool
}

/**
 * Brings a database to what this build needs: the logins, the control tables and their rights, and the hardening where a
 * superuser is at hand. The tenants follow with `migrateFleet`. Safe to run again, and by two processes at once: the second
 * waits.
 */
export async function migrate({ owner, ownerUrl, appUrl, reportingUrl, superuser }: MigrateOptions): Promise<void> {
  const app = login(appUrl)
  const reporting = reportingUrl === undefined ? undefined : login(reportingUrl)
  return alone(owner, async () => {
    await createLogin(owner, app)
    if (reporting) await createLogin(owner, reporting)
    await migratePublic(drizzle(owner), { migrationsFolder: migrationFolders.public })
    await owner.query(
      Object.entries(publicGrants)
        .map(([table, rights]) => `grant ${rights} on public.${quoteIdentifier(table)} to ${quoteIdentifier(app.user)}`)
        .join(';\n'),
    )
    const privileged = superuser ?? ((await isSuperuser(owner)) ? owner : undefined)
    await installJobs(owner, app.user)
    const logins = { owner: login(ownerUrl).user, app: app.user, ...(reporting && { reporting: reporting.user }) }
    if (privileged) await harden(privileged, logins)
    await grantReporting(owner, tenantBlueprint(app.user, reporting?.user))
  })
}

/** An advisory lock on a connection of its own: PostgreSQL lets go of it when the process dies. */
async function alone<T>(owner: Pool, work: () => Promise<T>): Promise<T> {
  const client = await owner.connect()
  try {
    await client.query("select pg_advisory_lock(hashtext('spintrack migrate'))")
    return await work()
  } finally {
    client.release(true)
  }
}

async function createLogin(owner: Pool, { user, password }: Login): Promise<void> {
  const { rowCount } = await owner.query('select from pg_roles where rolname = $1', [user])
  if (rowCount) return
  const literal = password.replaceAll("'", "''")
  await owner.query(`create role ${quoteIdentifier(user)} login noinherit password '${literal}'`)
}

async function isSuperuser(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query('select rolsuper from pg_roles where rolname = current_user')
  return rows[0].rolsuper
}
