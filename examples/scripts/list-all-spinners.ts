// Prints serial number and name of every spinner of the company, however many there are.
// usage: TOKEN=spin_… npx tsx examples/scripts/list-all-spinners.ts
import { createSpintrackClient } from '@spintrack/client/client'
import { paginate } from '@spintrack/client/pages'

const { SPINTRACK_URL = 'http://localhost:3000', TOKEN } = process.env
const client = createSpintrackClient({ baseUrl: SPINTRACK_URL, token: TOKEN })

const page = (cursor?: string) => client.GET('/api/v1/spinners', { params: { query: { cursor, limit: 100 } } })
for await (const { serialNumber, name } of paginate(page)) console.log(`${serialNumber}\t${name}`)
