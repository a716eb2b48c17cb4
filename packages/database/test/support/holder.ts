// tsx holder.ts <directory>: opens the PostgreSQL there, says what it got as one line of JSON, closes when told to.
import { openEmbedded } from '../../src/embedded.ts'
import { testTuning } from './cluster.ts'

const log: string[] = []
const say = (told: object) => process.stdout.write(`${JSON.stringify(told)}\n`)
try {
  const directory = process.argv[2] ?? ''
  const { superuserUrl, fresh, close } = await openEmbedded({
    directory,
    log: line => log.push(line),
    tuning: testTuning,
  })
  say({ url: superuserUrl(), fresh, log })
  process.stdin.on('end', close).resume()
} catch (error) {
  say({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) })
}
