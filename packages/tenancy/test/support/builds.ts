import type { Migration } from '../../src/migrations.ts'
import { type Blueprint, currentVersion } from '../../src/provision.ts'

/** The next build: one migration more, and what else it changes. */
export function next(
  blueprint: Blueprint,
  migration: string | Partial<Migration>,
  changes: Partial<Blueprint> = {},
): Blueprint {
  const version = currentVersion(blueprint) + 1
  const more = typeof migration === 'string' ? { sql: migration } : migration
  return {
    ...blueprint,
    ...changes,
    migrations: [...blueprint.migrations, { version, tag: 'next', sql: '', ...more }],
  }
}

/** The next build, with a table that a tenant may read and add to. */
export function withBadges(blueprint: Blueprint, more: Partial<Migration> = {}): Blueprint {
  return next(
    blueprint,
    { tag: 'badges', sql: 'create table badges (name text);', ...more },
    { grants: { ...blueprint.grants, badges: 'select, insert' } },
  )
}
