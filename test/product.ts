import { createServer } from 'node:net'
import { startServer } from '@spintrack/api/server'
import { createSpintrackClient, type SpintrackClient } from '@spintrack/client/client'
import { CookieJar } from '@spintrack/client/cookies'
import { unwrap } from '@spintrack/client/problem'
import { testDatabase } from '@spintrack/database/testing'
import { createHasher } from '@spintrack/domain/hashing'
import type { Test } from 'tap'

/** The live API with somebody in it, who has two companies and a token for the first. */
export type Product = {
  url: string
  email: string
  password: string
  companies: string[]
  token: string
  client: SpintrackClient
}

export async function startProduct(t: Test): Promise<Product> {
  const { tenancy } = await testDatabase(t)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = await startServer({
    host: '127.0.0.1',
    port,
    publicUrl: url,
    sessionSecrets: ['a secret of tests that is long enough'],
    trustProxy: [],
    logger: false,
    tenancy,
    hasher: createHasher({ parameters: { memoryCost: 1024, timeCost: 2, parallelism: 1 } }),
  })
  t.teardown(() => server.close())

  const email = 'ada@example.com'
  const password = 'nine "quiet" bearings \\ hum'
  const client = createSpintrackClient({ baseUrl: url, cookies: new CookieJar() })
  await unwrap(client.POST('/api/v1/signup', { body: { name: 'Ada', email, password } }))
  const companies: string[] = []
  for (const name of ['Globex', 'Acme']) {
    companies.unshift((await unwrap(client.POST('/api/v1/companies', { body: { name } }))).slug)
  }
  const asked = { name: 'Scripts', scopes: ['read', 'write'] as ('read' | 'write')[] }
  const { token } = await unwrap(client.POST('/api/v1/tokens', { body: asked }))
  return { url, email, password, companies, token, client }
}

/** The address must be known before the product starts: it checks where requests come from. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
