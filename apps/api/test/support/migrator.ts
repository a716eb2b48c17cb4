// migrator.ts <owner's address> <point>: given a build on standard input, migrates the fleet to the next one, and dies at
// that point of the work, counted over all tenants.
import { text } from 'node:stream/consumers'
import { migrateFleet } from '@spintrack/tenancy/fleet'
import { createPool } from '@spintrack/tenancy/pool'
import { nextBuild } from './next-build.ts'

const [connectionString = '', point = ''] = process.argv.slice(2)
let left = Number(point)

function reach(): void {
  if (--left === 0) process.kill(process.pid, 'SIGKILL')
}

async function migrate(): Promise<void> {
  const blueprint = JSON.parse(await text(process.stdin))
  const owner = createPool({ connectionString, max: 1 })
  await migrateFleet({ owner, workers: 2, blueprint: nextBuild(blueprint, reach), onProgress: reach })
  await owner.end()
}

migrate()
