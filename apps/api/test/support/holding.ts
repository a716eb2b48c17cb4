import type { Api } from './api.ts'

/**
 * A transaction of the owner login that stays open, so that others wait for what it locks. `until` resolves once
 * somebody waits for one, or when `answer` came without; commit soon after, since the app gives up after a second.
 */
export async function holding(api: Api) {
  const client = await api.database.owner.connect()
  await client.query('begin')
  const { rows } = await client.query('select pg_backend_pid() as pid')
  // Not pg_stat_activity, where the owner login does not see what the app's connections wait for.
  const someoneWaits = async () => {
    const waiting = await api.sql('select from pg_locks where not granted and $1 = any(pg_blocking_pids(pid))', [
      rows[0].pid,
    ])
    return waiting.length > 0
  }
  return {
    query: (text: string, values: unknown[]) => client.query(text, values),
    async until(answer: Promise<unknown>): Promise<void> {
      let answered = false
      const note = () => {
        answered = true
      }
      answer.then(note, note)
      while (!answered && !(await someoneWaits())) {}
    },
    async commit(): Promise<void> {
      await client.query('commit')
      client.release()
    },
  }
}
