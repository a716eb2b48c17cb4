import type { Tenancy } from '@spintrack/tenancy/tenancy'

/** A place inside every tenant's transaction where a test can hold requests, to do something while they are in flight. */
export function gate() {
  let closed: Promise<void> | undefined
  let arrived = () => {}
  return {
    /** Puts the gate into the engine. */
    tenancy: (tenancy: Tenancy): Tenancy => ({
      ...tenancy,
      scope: (tenant, options, work) =>
        tenancy.scope(tenant, options, async db => {
          const value = await work(db)
          arrived()
          await closed
          return value
        }),
    }),
    /** Holds whoever comes from now on, with their work done and not committed, until `release()`. */
    hold() {
      let waiting = 0
      let tell = () => {}
      let open = () => {}
      closed = new Promise(resolve => {
        open = resolve
      })
      arrived = () => {
        waiting++
        tell()
      }
      return {
        /** Resolves once `count` requests wait. */
        reached: (count: number) =>
          new Promise<void>(resolve => {
            tell = () => waiting >= count && resolve()
            tell()
          }),
        release() {
          closed = undefined
          arrived = () => {}
          open()
        },
      }
    },
  }
}
