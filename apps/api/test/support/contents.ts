import type { Api } from './api.ts'
import type { Target } from './calls.ts'

/** Every row of a company, as text. */
export async function contents(api: Api, { company }: Pick<Target, 'company'>): Promise<string[]> {
  const [row] = await api.sql('select tenant from companies where id = $1', [company.id])
  const rows = []
  for (const table of ['members', 'spinners', 'spins', 'files', 'webhooks']) {
    rows.push(...(await api.sql<{ row: string }>(`select x::text as row from "${row?.tenant}".${table} x order by id`)))
  }
  for (const [table, key] of [
    ['companies', 'id'],
    ['tokens', 'company_id'],
    ['invitations', 'company_id'],
  ]) {
    const found = `select x::text as row from ${table} x where ${key} = $1 order by id`
    rows.push(...(await api.sql<{ row: string }>(found, [company.id])))
  }
  const people = `select concat_ws(' ', user_id, role, member_id) as row from memberships where company_id = $1 order by 1`
  rows.push(...(await api.sql<{ row: string }>(people, [company.id])))
  return rows.map(({ row }) => row)
}
