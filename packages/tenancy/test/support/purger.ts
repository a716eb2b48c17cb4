// tsx purger.ts <owner's address> <tenant> <point>: purges a tenant and, at a point or when it is done, waits for a
// lock of the test until it is killed.
import type { Hooks } from '../../src/hooks.ts'
import { createPool } from '../../src/pool.ts'
import { purgeTenant, type Query } from '../../src/purge.ts'

const [connectionString = '', name = '', point = ''] = process.argv.slice(2)
const owner = createPool({ connectionString, applicationName: `purge ${point}` })
const stopAt = async (here: string, query: Query) => {
  if (here === point) await query('select pg_advisory_xact_lock(4712)')
}
const hooks: Hooks = { afterPurge: ({ query }) => stopAt('afterPurge', query) }
await purgeTenant(owner, { hooks }, name, {
  forget: async query => {
    await stopAt('forget', query)
    return { subject: null, control: {} }
  },
})
await owner.query('select pg_advisory_lock(4712)')
