import type { Api } from './api.ts'

/**
 * A transaction of the owner login that stays open, so that others wait for what it locks. `until` resolves once
 * so many wait for one, or for who waits, or when `answer` came without; commit soon after, since the app gives up after a
 * second.
 */
export async function holding(api: Api) {
  const client = await api.database.owner.connect()
  await client.query('begin')
  const { rows } = await client.query('select pg_backend_pid() as pid')
  // Not pg_stat_activity, where the owner login does not see what the app's connections wait for.
  const waiting = async () => {
    const found = await api.sql(
      `with recursive held (pid) as (
         select $1::int union select l.pid from pg_locks l join held on held.pid = any(pg_blocking_pids(l.pid)) where not granted)
       select from held offset 1`,
      [rows[0].pid],
    )
    return found.length
  }
  return {
    query: (text: string, values: unknown[]) => client.query(text, values),
    async until(answer: Promise<unknown>, count = 1): Promise<void> {
      let answered = false
      const note = () => {
        answered = true
      }
      answer.then(note, note)
      while (!answered && (await waiting()) < count) {}
    },
    async commit(): Promise<void> {
      await client.query('commit')
      client.release()
    },
  }
}
