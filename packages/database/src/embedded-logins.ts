import pg from 'pg'
import type { Secrets } from './embedded-secrets.ts'

// Unlike the keeper's lock this one is held for milliseconds: CREATE ROLE and CREATE DATABASE have no IF NOT EXISTS.
const key = 7_305_812_995

/**
 * Makes the logins and the database where they are missing. What exists is left as it is, so a start after a crash
 * completes what the last one began. Rights inside the database are not given here.
 */
export async function ensureLogins(superuserUrl: string, secrets: Secrets): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl, application_name: 'spintrack logins' })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [key])
    const roles = await client.query("select rolname from pg_roles where rolname like 'spintrack%'")
    const login = (name: string, attributes: string, password: string) =>
      roles.rows.some(role => role.rolname === name)
        ? undefined
        : client.query(`create role ${name} ${attributes} password ${client.escapeLiteral(password)}`)
    await login('spintrack_owner', 'login nosuperuser createrole', secrets.ownerPassword)
    await login('spintrack_app', 'login nosuperuser noinherit', secrets.appPassword)
    await login('spintrack_reporting', 'login nosuperuser noinherit', secrets.reportingPassword)
    const databases = await client.query("select from pg_database where datname = 'spintrack'")
    if (databases.rowCount === 0) await client.query('create database spintrack owner spintrack_owner')
  } finally {
    await client.end()
  }
}
