// Picks a spinner, records a spin with it, and asks for the company's figures.
// usage: TOKEN=spin_… npx tsx examples/scripts/record-a-spin.ts
import { createSpintrackClient } from '@spintrack/client/client'
import { unwrap } from '@spintrack/client/problem'

const { SPINTRACK_URL = 'http://localhost:3000', TOKEN } = process.env
const client = createSpintrackClient({ baseUrl: SPINTRACK_URL, token: TOKEN })

const query = { status: 'active', limit: 1 } as const
const [spinner] = (await unwrap(client.GET('/api/v1/spinners', { params: { query } }))).items
if (!spinner) throw new Error('Expected an active spinner, found none: add one first.')

const body = { spinnerId: spinner.id, durationMs: 12_400, note: 'From a script' }
console.log(await unwrap(client.POST('/api/v1/spins', { body })))
console.log(await unwrap(client.GET('/api/v1/statistics/summary')))
