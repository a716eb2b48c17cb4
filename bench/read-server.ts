// A process of its own for each way of answering the list, told by its parent what to be; ends with its parent.
import { once } from 'node:events'
import { startServer } from '@spintrack/api/server'
import { createHasher, modest } from '@spintrack/domain/hashing'
import { createPool } from '@spintrack/tenancy/pool'
import { createTenancy } from '@spintrack/tenancy/tenancy'
import { startPlain } from './read-plain.ts'

/** `product` is the API as it is; see read-plain.ts for the others. */
export type Kind = 'product' | 'session' | 'bare'
export type Order = { kind: Kind; appUrl: string; publicUrl: string; sessionSecret: string }

process.once('disconnect', () => process.exit())
const [{ kind, appUrl, publicUrl, sessionSecret }] = (await once(process, 'message')) as [Order]
const pool = createPool({ connectionString: appUrl })
const options = {
  tenancy: createTenancy(pool),
  hasher: createHasher({ parameters: modest }),
  publicUrl,
  sessionSecrets: [sessionSecret],
  host: '127.0.0.1',
  port: 0,
  trustProxy: [],
  logger: false,
  // Counted like everybody else, and never refused.
  rateLimits: { principal: 1e9, address: 1e9 },
  eventStreams: { principal: 1e9, company: 1e9 },
}
const { url } =
  kind === 'product' ? await startServer(options) : await startPlain({ ...options, pool, session: kind === 'session' })
process.send?.(url)
