import { randomBytes } from 'node:crypto'
import type { TestDatabase } from '@spintrack/database/testing'
import type { Pool } from '../../src/pool.ts'

/**
 * A login of this test's own, with `attributes` of CREATE ROLE; dropped with all it has when the test ends. The logins
 * of the installation belong to the whole cluster, so changing them would disturb other tests.
 */
export async function newLogin(
  t: { teardown(work: () => unknown): void },
  operator: Pool,
  { appUrl }: TestDatabase,
  attributes: string,
): Promise<{ user: string; url: string }> {
  const user = `test_${randomBytes(8).toString('hex')}`
  await operator.query(`create role ${user} login password 'test' ${attributes}`)
  t.teardown(() => operator.query(`drop owned by ${user}; drop role ${user}`))
  return { user, url: Object.assign(new URL(appUrl), { username: user, password: 'test' }).href }
}
