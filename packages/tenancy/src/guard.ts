import type pg from 'pg'
import { QueryNotAwaited, ScopeClosed } from './errors.ts'
import type { Notice } from './notices.ts'

/**
 * Stands between Drizzle and a pg client for the length of one transaction.
 *
 * Without it, a query that nobody awaited runs after the client went back to the pool, inside the next borrower's
 * transaction, and reads the other tenant's rows: measured 196 times in 200. Roles and SET LOCAL do not help there.
 */
export class Guard {
  /** What is to be told once the transaction has committed. */
  readonly notices: Notice[]
  readonly #client: pg.ClientBase
  readonly #afterFirst: (() => void) | undefined
  readonly #running = new Set<Promise<unknown>>()
  #closed = false
  #borrower: Guard | undefined

  /** With `afterFirst` the handle takes one query, and `afterFirst` is called once that is sent. */
  constructor(client: pg.ClientBase, afterFirst?: () => void, notices: Notice[] = []) {
    this.#client = client
    this.#afterFirst = afterFirst
    this.notices = notices
  }

  /** What Drizzle calls. Refuses to run once the transaction has ended. */
  async query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    // A named statement prepared in one tenant fails in another that is at a different version (0A000).
    return this.#track({ ...extended(config, values), name: undefined })
  }

  /** Runs statements of ours that take no values, several in one message. Refuses like `query`. */
  async run(statements: string): Promise<void> {
    await this.#track({ text: statements })
  }

  /** Lends the connection to a second handle. This one refuses queries, and lends to nobody else, until `takeBack`. */
  lend(): Guard {
    this.#requireOpen()
    this.#borrower = new Guard(this.#client, undefined, this.notices)
    return this.#borrower
  }

  /** Ends the loan, with `statements` first. Left out after a failure, so that this handle stays shut for good. */
  async takeBack(statements: string): Promise<void> {
    this.#borrower = undefined
    await this.run(statements)
  }

  /** Ends the handle. Throws QueryNotAwaited if anything is still running, or ScopeClosed if what it lent did not come back. */
  close(): void {
    this.#closed = true
    const running = this.#running.size + (this.#borrower && !this.#borrower.#closed ? 1 : 0)
    if (running > 0) throw new QueryNotAwaited(running)
    if (this.#borrower) throw new ScopeClosed()
  }

  /** Ends the handle, and the one it lent to, and waits for what is still running, whatever comes of it. */
  async abandon(): Promise<void> {
    this.#closed = true
    await Promise.allSettled([...this.#running, this.#borrower?.abandon()])
  }

  async #track(config: pg.QueryConfig): Promise<pg.QueryResult> {
    this.#requireOpen()
    const result = this.#client.query(config)
    this.#running.add(result)
    if (this.#afterFirst) {
      this.#closed = true
      this.#afterFirst()
    }
    try {
      return await result
    } finally {
      this.#running.delete(result)
    }
  }

  #requireOpen(): void {
    if (this.#closed || this.#borrower) throw new ScopeClosed()
  }
}

/**
 * The query under the extended protocol. pg sends queries without parameters by the simple one, which would run
 * stacked statements: `select 1; set role other`.
 */
export function extended(config: pg.QueryConfig, values?: unknown[]): pg.QueryConfig {
  const mode = { queryMode: 'extended' }
  return { ...config, ...mode, ...(values && { values }) }
}
