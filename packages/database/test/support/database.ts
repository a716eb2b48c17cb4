import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hardenDatabase } from '@spintrack/tenancy/hardening'
import { createPool, type Pool, type PoolClient } from '@spintrack/tenancy/pool'
import { type Blueprint, provision } from '@spintrack/tenancy/provision'
import { tenantBlueprint } from '../../src/blueprint.ts'
import { type Database, openDatabase } from '../../src/database.ts'
import type { EmbeddedPostgres } from '../../src/embedded.ts'
import { publicGrants, reportingTables, tenantGrants } from '../../src/grants.ts'
import { login } from '../../src/login.ts'
import { migrate } from '../../src/migrate.ts'
import { testCluster } from './cluster.ts'

/** A database of a test file's own. */
export type TestDatabase = Database & {
  appUrl: string
  ownerUrl: string
  superuserUrl: string
  reportingUrl: string
  /** A pool of the owner login. */
  owner: Pool
  blueprint: Blueprint
}

/** Whoever owns the database and tells when it may go: a tap test, or a bench. */
export type Owner = { teardown(work: () => Promise<unknown>): void }

const standbyInTemplate = 4

/**
 * A database cloned from the migrated template, dropped when the test ends. The app's pool has at most `connections`
 * connections: few, so that companies share them and a leak between two would show.
 */
export async function testDatabase(
  t: Owner,
  { connections = 3 }: { connections?: number } = {},
): Promise<TestDatabase> {
  const cluster = await testCluster()
  t.teardown(() => cluster.close())
  const postgres = createPool({ connectionString: cluster.superuserUrl(), max: 1 })
  t.teardown(() => postgres.end())

  const template = await ensureTemplate(cluster, postgres)
  const name = `test_${randomBytes(8).toString('hex')}`
  await postgres.query(`create database ${name} template ${template} owner spintrack_owner`)
  const urls = urlsOf(cluster, name)
  await withPool(urls.superuserUrl, superuser => hardenDatabase(superuser, logins(urls)))

  const owner = createPool({ connectionString: urls.ownerUrl, max: 4 })
  const database = openDatabase({ appUrl: urls.appUrl, max: connections })
  const inherited = await tenantNames(owner)
  t.teardown(async () => {
    const made = (await tenantNames(owner)).filter(tenant => !inherited.includes(tenant))
    await Promise.all([database.close(), owner.end()])
    await postgres.query(`drop database ${name} with (force)`)
    // Roles outlive a database: without this a cluster kept between runs by hand would collect them.
    for (const tenant of made) await postgres.query(`drop role "${tenant}"`)
  })
  return { ...database, ...urls, owner, blueprint: blueprintOf(urls) }
}

type Urls = { appUrl: string; ownerUrl: string; superuserUrl: string; reportingUrl: string }

function urlsOf(cluster: EmbeddedPostgres, name: string): Urls {
  const rename = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href
  return {
    appUrl: rename(cluster.appUrl),
    ownerUrl: rename(cluster.ownerUrl),
    superuserUrl: cluster.superuserUrl(name),
    reportingUrl: rename(cluster.reportingUrl),
  }
}

/** Made once for each state of the migrations and rights, by whichever test file comes first. */
async function ensureTemplate(cluster: EmbeddedPostgres, postgres: Pool): Promise<string> {
  const template = `template_${fingerprint()}`
  const lock = await postgres.connect()
  try {
    await lock.query("select pg_advisory_lock(hashtext('spintrack test template'))")
    const { rowCount } = await lock.query('select from pg_database where datname = $1', [template])
    if (!rowCount) await buildTemplate(cluster, lock, template)
    return template
  } finally {
    lock.release(true)
  }
}

type Client = PoolClient

async function buildTemplate(cluster: EmbeddedPostgres, client: Client, template: string): Promise<void> {
  // Named at the end, so that one that was interrupted is not taken for whole.
  const building = `building_${randomBytes(8).toString('hex')}`
  await client.query(`create database ${building} owner spintrack_owner`)
  const urls = urlsOf(cluster, building)
  await withPool(urls.superuserUrl, superuser =>
    withPool(urls.ownerUrl, async owner => {
      const { ownerUrl, appUrl, reportingUrl } = urls
      await migrate({ owner, superuser, ownerUrl, appUrl, reportingUrl })
      for (let made = 0; made < standbyInTemplate; made++) {
        await provision(owner, blueprintOf(urls))
      }
    }),
  )
  await client.query(`alter database ${building} rename to ${template}`)
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const { sql } of tenantBlueprint('').migrations) hash.update(sql)
  const folder = new URL('../../migrations/public/meta/_journal.json', import.meta.url)
  for (const { tag } of JSON.parse(readFileSync(folder, 'utf8')).entries) {
    hash.update(readFileSync(new URL(`../${tag}.sql`, folder)))
  }
  for (const file of ['hardening.ts', 'provision.ts', 'reporting.ts']) {
    hash.update(readFileSync(new URL(`../../../tenancy/src/${file}`, import.meta.url)))
  }
  return hash
    .update(JSON.stringify([publicGrants, tenantGrants, reportingTables]))
    .digest('hex')
    .slice(0, 16)
}

function logins({ ownerUrl, appUrl, reportingUrl }: Urls) {
  return { owner: login(ownerUrl).user, app: login(appUrl).user, reporting: login(reportingUrl).user }
}

function blueprintOf(urls: Urls): Blueprint {
  const { app, reporting } = logins(urls)
  return tenantBlueprint(app, reporting)
}

async function tenantNames(owner: Pool): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>('select name from tenants')
  return rows.map(({ name }) => name)
}

async function withPool<T>(connectionString: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({ connectionString, max: 4 })
  try {
    return await work(pool)
  } finally {
    await pool.end()
  }
}
