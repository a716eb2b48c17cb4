import { createHasher } from '@spintrack/domain/hashing'
import { createPool } from '@spintrack/tenancy/pool'
import { createTenancy } from '@spintrack/tenancy/tenancy'
import { buildServer } from './server.ts'

/** The OpenAPI document of this build. Needs no database: the pool behind it is never used. */
export async function openApiDocument(): Promise<object> {
  const pool = createPool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
  const app = await buildServer({
    tenancy: createTenancy(pool),
    hasher: createHasher(),
    publicUrl: 'http://localhost:3000',
    sessionSecrets: ['only to describe the routes, never to sign'],
    trustProxy: [],
    logger: false,
  })
  const document = app.swagger()
  await app.close()
  return document
}
