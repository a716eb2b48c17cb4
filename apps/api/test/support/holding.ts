import type { Api } from './api.ts'

/**
 * A transaction of the owner login that stays open, so that others wait for what it locks. `until` resolves once
 * somebody waits for a lock, or when `answer` came without; commit soon after, since the app gives up after a second.
 */
export async function holding(api: Api) {
  const client = await api.database.owner.connect()
  await client.query('begin')
  const someoneWaits = async () => {
    const rows = await api.sql(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    return rows.length > 0
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
