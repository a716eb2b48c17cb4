import { type TestDatabase, testDatabase } from '@spintrack/database/testing'
import { provision } from '../../src/provision.ts'

type Test = Parameters<typeof testDatabase>[0] & { beforeEach(work: () => Promise<void>): void }

/** A database whose fleet is four new tenants at the beginning of each test: a run concerns every one there is. */
export async function testFleet(t: Test): Promise<TestDatabase> {
  const database = await testDatabase(t)
  const { owner, blueprint } = database
  // Those of the template share their roles with other databases, so they are only forgotten.
  await owner.query('delete from tenants')
  t.beforeEach(async () => {
    await owner.query('delete from fleet_runs')
    const { rows } = await owner.query<{ name: string }>('delete from tenants returning name')
    for (const { name } of rows) await owner.query(`drop schema "${name}" cascade; drop role "${name}"`)
    for (let made = 0; made < 4; made++) await provision(owner, blueprint)
  })
  return database
}
