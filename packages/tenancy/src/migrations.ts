import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TenantDb } from './handles.ts'

/**
 * A step in TypeScript that changes rows, run as the tenant right after the SQL of its migration and in the same
 * transaction. A new tenant has no rows yet and goes without.
 */
export type DataStep = (db: TenantDb) => Promise<void>

/** One tenant migration: the version it brings a tenant to, and its SQL, which names no schema. */
export type Migration = { version: number; tag: string; sql: string; data?: DataStep }

/**
 * Reads a folder that drizzle-kit generated (`meta/_journal.json` and one .sql file for each entry). Versions count from 1.
 * Throws when a migration names a schema: it must run in any tenant's.
 */
export function readMigrations(folder: string): Migration[] {
  const journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] }
  return journal.entries.map(({ tag }, index) => {
    const sql = readFileSync(join(folder, `${tag}.sql`), 'utf8').replaceAll('--> statement-breakpoint', '')
    if (sql.includes('"public".')) {
      throw new Error(
        `Tenant migration ${tag} names the schema public. Generate it with npm run db:generate, which takes that out.`,
      )
    }
    return { version: index + 1, tag, sql }
  })
}

/** Puts each data step beside the migration that its name is the tag of. Throws when there is none. */
export function joinDataSteps(
  migrations: readonly Migration[],
  steps: Readonly<Record<string, DataStep>>,
): readonly Migration[] {
  const lost = Object.keys(steps).filter(tag => !migrations.some(migration => migration.tag === tag))
  if (lost.length > 0) {
    throw new Error(
      `No tenant migration is called ${lost.join(', ')}, as a data step is. Call it what meta/_journal.json calls its migration.`,
    )
  }
  return migrations.map(migration => {
    const data = steps[migration.tag]
    return data ? { ...migration, data } : migration
  })
}
