import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { claimTenant } from '@spintrack/tenancy/claim'
import { migrateFleet } from '@spintrack/tenancy/fleet'
import { harden } from '@spintrack/tenancy/hardening'
import { joinDataSteps, readMigrations } from '@spintrack/tenancy/migrations'
import type { Pool } from '@spintrack/tenancy/pool'
import { type Blueprint, currentVersion, refillStandby } from '@spintrack/tenancy/provision'
import { createTenancy, type Tenant } from '@spintrack/tenancy/tenancy'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { type FastifyRequest, fastify } from 'fastify'
import { notes } from './notes.ts'
import { workspaces } from './workspaces.ts'

const folder = (set: string) => join(import.meta.dirname, 'migrations', set)
const wordsOf = (text: string) => text.match(/\S+/g)?.length ?? 0
const hash = (key: string) => createHash('sha256').update(key).digest('hex')

/** How a tenant of this application is made and kept current. */
export const blueprint: Blueprint = {
  migrations: joinDataSteps(readMigrations(folder('tenant')), {
    '0001_words': async db => {
      for (const { id, text } of await db.select().from(notes))
        await db
          .update(notes)
          .set({ words: wordsOf(text) })
          .where(eq(notes.id, id))
    },
  }),
  grants: { notes: 'select, insert, update' },
  appLogin: 'notes_app',
  hooks: { afterProvision: ({ query }) => query("insert into notes (text, words) values ('Welcome!', 1)") },
}

/** Brings the database and every tenant to this build, and keeps a few tenants ready. Both logins exist already. */
export async function deploy(owner: Pool, superuser: Pool, to = blueprint) {
  await migrate(drizzle(owner), { migrationsFolder: folder('public') })
  await owner.query('grant select, update (state, claimed_at) on tenants to notes_app')
  await owner.query('grant select, insert on workspaces to notes_app')
  await harden(superuser, { owner: 'notes_owner', app: 'notes_app' })
  await migrateFleet({ owner, blueprint: to })
  await refillStandby(owner, createTenancy(owner).control, to, 4)
}

/** The application: a key to a workspace of one's own, and its notes. */
export function createApp(pool: Pool, version = currentVersion(blueprint)) {
  const tenancy = createTenancy(pool)
  const app = fastify()
  const tenantOf = async ({ headers }: FastifyRequest): Promise<Tenant> => {
    const rows = tenancy.control.select({ name: workspaces.tenant }).from(workspaces)
    const [row] = await rows.where(eq(workspaces.keyHash, hash(String(headers['x-key']))))
    if (!row) throw Object.assign(new Error('Unknown key'), { statusCode: 401 })
    return row
  }
  app.post('/workspaces', () =>
    claimTenant(tenancy, { version }, async (db, { name }) => {
      const key = randomBytes(24).toString('base64url')
      await db.insert(workspaces).values({ keyHash: hash(key), tenant: name })
      return { key }
    }),
  )
  app.get('/notes', async request =>
    tenancy.scope(await tenantOf(request), { readOnly: true }, db => db.select().from(notes)),
  )
  app.post<{ Body: { text: string } }>('/notes', async request => {
    const { text } = request.body
    return tenancy.scope(await tenantOf(request), {}, db => db.insert(notes).values({ text, words: wordsOf(text) }))
  })
  return app
}
