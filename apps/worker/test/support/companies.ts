import type { TestDatabase } from '@spintrack/database/testing'
import { createCompany } from '@spintrack/domain/companies'
import { newId } from '@spintrack/domain/ids'
import { provision } from '@spintrack/tenancy/provision'
import type { Tenant } from '@spintrack/tenancy/tenancy'
import { sql } from 'drizzle-orm'

export type Made = Tenant & { companyId: string; memberId: string }

/** A company of a founder of its own, with one spinner and a spin on each of `days`. */
export async function newCompany({ owner, tenancy, blueprint }: TestDatabase, days: string[] = []): Promise<Made> {
  await provision(owner, blueprint)
  const id = newId()
  await owner.query("insert into users (id, email, name, password_hash) values ($1, $2, 'Founder', 'none')", [
    id,
    `${id}@example.com`,
  ])
  const company = await createCompany(tenancy, { id, name: 'Founder' }, { name: `Company ${id.slice(-6)}` })
  const { rows } = await owner.query<{ name: string }>('select tenant as name from companies where id = $1', [
    company.id,
  ])
  const tenant = { name: rows[0]?.name ?? '' }
  const spinnerId = newId()
  await tenancy.scope(tenant, {}, async db => {
    await db.execute(sql`insert into spinners (id, serial_number, name) values (${spinnerId}, 'S-1', 'Spinner')`)
    for (const day of days) {
      await db.execute(sql`insert into spins (id, spinner_id, member_id, started_at, duration_ms)
        values (${newId()}, ${spinnerId}, ${company.memberId}, ${day}::timestamptz, 1500)`)
    }
  })
  return { ...tenant, companyId: company.id, memberId: company.memberId }
}

/** The days that were rolled up: day, spins, total. */
export async function summaries({ tenancy }: TestDatabase, tenant: Tenant): Promise<string[]> {
  const { rows } = await tenancy.scope(tenant, { readOnly: true }, db =>
    db.execute<{ line: string }>(
      sql`select concat_ws(' ', day, spins, total_duration_ms) as line from daily_summaries order by day`,
    ),
  )
  return rows.map(({ line }) => line)
}
