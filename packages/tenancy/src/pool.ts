import pg from 'pg'

export type Pool = pg.Pool
export type PoolClient = pg.PoolClient

export type PoolOptions = {
  connectionString: string
  /** The most connections it opens. */
  max?: number
  /** Shown in pg_stat_activity. */
  applicationName?: string
  /** Off where COPY is streamed: pg refuses it on connections that send ahead. */
  pipeline?: boolean
  /** Told about connections that die while idle or checked out. They are replaced by themselves. */
  onError?: (error: Error) => void
}

/**
 * A pg pool that outlives its connections.
 *
 * - pg-pool takes its own error listener off a client while it is checked out, so a backend terminated in the middle of
 *   a request would end the process: each client gets a listener of its own.
 * - A backend keeps the catalogue of every tenant it ever touched (about 100 KB each) and nothing frees it, so
 *   connections are replaced after a number of uses and a time.
 * - `pipeline` lets a scope send its prologue and first query together.
 */
export function createPool({
  connectionString,
  max = 10,
  applicationName,
  pipeline = true,
  onError = () => {},
}: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    application_name: applicationName,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: 1_800,
    maxUses: 5_000,
    keepAlive: true,
    pipeline,
  } as pg.PoolConfig)
  pool.on('error', onError)
  pool.on('connect', client => client.on('error', onError))
  return pool
}

/**
 * Lends a pool of one connection to where `pool` leads, for a stream that may take minutes: it goes by COPY, and holds none
 * of the connections that others wait for.
 */
export async function withStreamPool<T>(pool: Pool, work: (streaming: Pool) => Promise<T>): Promise<T> {
  const { connectionString, application_name: applicationName } = pool.options
  const streaming = createPool({
    connectionString: connectionString as string,
    max: 1,
    pipeline: false,
    ...(applicationName && { applicationName }),
  })
  try {
    return await work(streaming)
  } finally {
    await streaming.end()
  }
}
