import { type Blueprint, currentVersion } from '@spintrack/tenancy/provision'
import { sql } from 'drizzle-orm'

/**
 * The build after this one, whose migration can be applied once and no more, and keeps how often its data step ran in
 * `upgrades`. `reach` is called at each point of a turn.
 */
export function nextBuild(blueprint: Blueprint, reach: (point: string) => void = () => {}): Blueprint {
  return {
    ...blueprint,
    migrations: [
      ...blueprint.migrations,
      {
        version: currentVersion(blueprint) + 1,
        tag: 'next_build',
        sql: 'create table upgrades (id uuid); alter table spinners add column grade text; alter table spins add column grade text',
        async data(db) {
          reach('data step')
          await db.execute(sql`insert into upgrades values (gen_random_uuid())`)
          await db.execute(sql`update spinners set grade = 'A'`)
        },
      },
    ],
    grants: { ...blueprint.grants, upgrades: 'select, insert' },
    hooks: { beforeMigrate: async () => reach('before'), afterMigrate: async () => reach('after') },
  }
}
