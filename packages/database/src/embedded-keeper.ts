import pg from 'pg'

// Any number will do, as long as every version of this program uses the same one.
const key = 7_305_812_994

/**
 * A connection that says "somebody uses this server", by holding a shared advisory lock. Locks go with their process,
 * however it ends, so nothing has to be cleaned up after a crash.
 */
export type Keeper = {
  /**
   * Says that this process needs the server no more; true when it was the last one. Then a newcomer waits for the lock
   * until the server stops or `close` is called, and cannot mistake a server about to stop for one it may use.
   */
  leave(): Promise<boolean>
  close(): Promise<void>
}

/** Connects and takes the shared lock; when it returns the server stays until `leave`. Throws what pg throws. */
export async function keep(url: string): Promise<Keeper> {
  let leaving = false
  let retry: NodeJS.Timeout | undefined
  let client: pg.Client | undefined = await connect(url, lost)

  // An operator may end any backend. Unless the lock is taken again, another process would stop the server under us.
  function lost(): void {
    client = undefined
    if (leaving) return
    retry = setTimeout(() => {
      connect(url, lost).then(
        async found => {
          if (leaving) await found.end()
          else client = found
        },
        () => lost(),
      )
    }, 500).unref()
  }

  return {
    async leave() {
      leaving = true
      clearTimeout(retry)
      try {
        // Lost and not yet found again: it may be that the server is gone, and then there is nothing to stop.
        client ??= await connect(url, lost)
        await client.query('select pg_advisory_unlock_shared($1)', [key])
        const { rows } = await client.query('select pg_try_advisory_lock($1) as last', [key])
        return rows[0].last === true
      } catch {
        return false
      }
    },
    async close() {
      leaving = true
      clearTimeout(retry)
      await client?.end().catch(() => {})
    },
  }
}

async function connect(url: string, lost: () => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'spintrack keeper',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  })
  // Without a listener a lost connection would end the process. What matters about it comes with 'end'.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('select pg_advisory_lock_shared($1)', [key])
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  client.on('end', lost)
  return client
}
