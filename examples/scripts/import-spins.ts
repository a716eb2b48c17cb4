// Imports a CSV file of spins, however large: checks it, says which lines are wrong, and adds the others.
// usage: TOKEN=spin_… npx tsx examples/scripts/import-spins.ts spins.csv
import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { createSpintrackClient } from '@spintrack/client/client'
import { unwrap } from '@spintrack/client/problem'

const { SPINTRACK_URL = 'http://localhost:3000', TOKEN } = process.env
const client = createSpintrackClient({ baseUrl: SPINTRACK_URL, token: TOKEN })

const [path = 'spins.csv'] = process.argv.slice(2)

async function send(query: { dryRun?: boolean; partial?: boolean }, key: { 'Idempotency-Key'?: string } = {}) {
  const body = Readable.toWeb(createReadStream(path))
  const headers = { 'Content-Type': 'text/csv', ...key }
  const sent = { params: { query }, headers, body, bodySerializer: () => body, duplex: 'half' as const }
  return unwrap(client.POST('/api/v1/spins/import', sent))
}

const found = await send({ dryRun: true, partial: true })
console.log(`${found.accepted} lines are good, ${found.rejected} are not.`)
for (const { line, message } of found.errors) console.log(`line ${line}: ${message}`)
if (found.accepted > 0) {
  // Run again for a day, the same file is not added a second time.
  const key = { 'Idempotency-Key': `${path} of ${statSync(path).mtimeMs}` }
  console.log(`${(await send({ partial: true }, key)).accepted} spins were added.`)
}
