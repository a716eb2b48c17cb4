import type { TestDatabase } from '@spintrack/database/testing'
import { createPool } from '@spintrack/tenancy/pool'
import type { Test } from 'tap'
import { type RunnerOptions, startRunner } from '../../src/runner.ts'
import { courier } from './courier.ts'

/** A runner, with a pool of its own, for as long as `work` takes. */
export async function withRunner(
  t: Test,
  { ownerUrl, tenancy, blueprint }: TestDatabase,
  work: () => Promise<unknown>,
  options: Partial<Pick<RunnerOptions, 'graceMs' | 'post'>> = {},
): Promise<void> {
  const pool = createPool({ connectionString: ownerUrl })
  const onError = (error: unknown) => t.comment(error)
  const runner = await startRunner({ owner: pool, tenancy, blueprint, courier, everyMs: 50, onError, ...options })
  try {
    await work()
  } finally {
    await runner.stop()
    await pool.end()
  }
}
