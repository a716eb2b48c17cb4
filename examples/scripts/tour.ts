import { createSpintrackClient } from '@spintrack/client/client'
import { unwrap } from '@spintrack/client/problem'

const { SPINTRACK_URL = 'http://localhost:3000', TOKEN } = process.env
const client = createSpintrackClient({ baseUrl: SPINTRACK_URL, token: TOKEN })

const company = await unwrap(client.GET('/api/v1/company'))
console.log(company.name)

import { paginate } from '@spintrack/client/pages'

for await (const spinner of paginate(cursor => client.GET('/api/v1/spinners', { params: { query: { cursor } } }))) {
  console.log(spinner.serialNumber, spinner.name)
}

const newSpinner = { serialNumber: 'SN-2041', name: 'Comet' }
const spinner = await unwrap(client.POST('/api/v1/spinners', { body: newSpinner }))

const row = { body: { spinnerId: spinner.id, durationMs: 12_400 }, headers: { 'Idempotency-Key': 'sheet 3, row 17' } }
const spin = await unwrap(client.POST('/api/v1/spins', row))
const again = await unwrap(client.POST('/api/v1/spins', row))
console.log(spin.id === again.id) // true

import { ApiProblem } from '@spintrack/client/problem'

try {
  await unwrap(client.POST('/api/v1/spinners', { body: newSpinner }))
} catch (error) {
  if (!(error instanceof ApiProblem) || error.code !== 'serial_number_taken') throw error
  console.log(error.code, error.status, error.detail, error.requestId)
}

import { followEvents } from '@spintrack/client/events'

for await (const { type, data, position } of followEvents(client)) {
  console.log(type, data.spin?.durationMs, position)
  break // or go on for as long as you like
}

import { CookieJar } from '@spintrack/client/cookies'

const { EMAIL = '', PASSWORD = '' } = process.env
const person = createSpintrackClient({ baseUrl: SPINTRACK_URL, cookies: new CookieJar() })
const { user, companies } = await unwrap(person.POST('/api/v1/session', { body: { email: EMAIL, password: PASSWORD } }))
console.log(`Hello ${user.name}`)
for (const { slug } of companies) {
  const figures = await unwrap(person.GET('/api/v1/statistics/summary', { headers: { 'X-Company': slug } }))
  console.log(slug, figures.averageDurationMs)
}
await unwrap(person.DELETE('/api/v1/session'))

const patient = createSpintrackClient({
  baseUrl: SPINTRACK_URL,
  token: TOKEN,
  retries: { tries: 10, totalMs: 300_000 },
})
const { spins } = await unwrap(patient.GET('/api/v1/statistics/summary', { signal: AbortSignal.timeout(60_000) }))
console.log(spins)
