/** Things opened one after another, closed in the opposite order, all of them even when one fails to close. */
export class Resources {
  readonly #closers: (() => Promise<unknown>)[] = []

  /** Notes how to close something, and gives it back. */
  add<T>(resource: T, close: (resource: T) => Promise<unknown>): T {
    this.#closers.unshift(() => close(resource))
    return resource
  }

  /** Closes everything. Throws the first error after all were tried. */
  async close(): Promise<void> {
    const errors: unknown[] = []
    for (const close of this.#closers.splice(0)) await close().catch(error => errors.push(error))
    if (errors.length > 0) throw errors[0]
  }
}
