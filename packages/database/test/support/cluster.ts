import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type EmbeddedPostgres, openEmbedded } from '../../src/embedded.ts'

/** Settings for data that nobody will miss: nothing waits for the disk, and test files come with many connections. */
export const testTuning = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: 300,
  // Autovacuum holds locks on databases that a test is about to drop or clone.
  autovacuum: 'off',
}

const byHand = fileURLToPath(new URL('../../../../.data/test', import.meta.url))

/**
 * The PostgreSQL the tests of this run share. Under with-postgres it is that one's; a test file that is run by hand gets
 * one kept between runs. Close it where it was opened.
 */
export async function testCluster(): Promise<EmbeddedPostgres> {
  const directory = process.env.SPINTRACK_TEST_DIR ?? byHand
  await mkdir(dirname(directory), { recursive: true })
  return openEmbedded({ directory, log: line => process.stderr.write(`${line}\n`), tuning: testTuning })
}
