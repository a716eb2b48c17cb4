// Logs in as a person, counts the spinners of each of their companies, and logs out.
// usage: EMAIL=… PASSWORD=… npx tsx examples/scripts/log-in.ts
import { createSpintrackClient } from '@spintrack/client/client'
import { CookieJar } from '@spintrack/client/cookies'
import { unwrap } from '@spintrack/client/problem'

const { SPINTRACK_URL = 'http://localhost:3000', EMAIL = '', PASSWORD = '' } = process.env
const client = createSpintrackClient({ baseUrl: SPINTRACK_URL, cookies: new CookieJar() })

const { companies } = await unwrap(client.POST('/api/v1/session', { body: { email: EMAIL, password: PASSWORD } }))
for (const { name, slug } of companies) {
  const { spinners } = await unwrap(client.GET('/api/v1/statistics/summary', { headers: { 'X-Company': slug } }))
  console.log(`${name}: ${spinners} spinners`)
}
await unwrap(client.DELETE('/api/v1/session'))
