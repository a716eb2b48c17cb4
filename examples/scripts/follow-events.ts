// Prints what happens in the company as it happens, until it is stopped.
// usage: TOKEN=spin_… npx tsx examples/scripts/follow-events.ts
import { createSpintrackClient } from '@spintrack/client/client'
import { followEvents } from '@spintrack/client/events'

const { SPINTRACK_URL = 'http://localhost:3000', TOKEN } = process.env
const client = createSpintrackClient({ baseUrl: SPINTRACK_URL, token: TOKEN })

for await (const { timestamp, type, data } of followEvents(client)) {
  console.log(timestamp, type, data.spin?.durationMs ?? data.spinner?.name ?? data.id ?? data.count)
}
