import { allows, type Permission, type Role } from '@spintrack/contract/permissions'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { sessions } from '@spintrack/database/public/sessions'
import { tokens } from '@spintrack/database/public/tokens'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { tenants } from '@spintrack/tenancy/tenants'
import { sql } from 'drizzle-orm'

/** How somebody was let into a company: by a session, named by its hash, or by a token, named by its id. */
export type Entry = { readonly companyId: string; readonly session?: string; readonly token?: string }

/**
 * Which of `entries` would be let in again at this moment, and may do what `permission` says: what the principal query asks
 * for one request, asked for many callers at once.
 */
export async function stillOpen(db: ControlDb, entries: readonly Entry[], permission: Permission): Promise<Set<Entry>> {
  const list = (pick: (entry: Entry) => string | undefined) => sql.param(entries.map(entry => pick(entry) ?? null))
  const { rows } = await db.execute<{ n: number; role: Role }>(sql`
    with asked as (
      select n::int, company_id, session, token
      from unnest(${list(entry => entry.companyId)}::uuid[], ${list(entry => entry.session)}::text[], ${list(entry => entry.token)}::uuid[])
        with ordinality asked (company_id, session, token, n)
    ), known as (
      select n, asked.company_id, user_id from asked join ${sessions} on id_hash = session
      where revoked_at is null and idle_expires_at > now() and expires_at > now()
      union all
      select n, asked.company_id, user_id from asked join ${tokens} on id = token and ${tokens.companyId} = asked.company_id
      where expires_at is null or expires_at > now()
    )
    select n, ${memberships.role} from known
    join ${memberships} on ${memberships.userId} = known.user_id and ${memberships.companyId} = known.company_id
    join ${companies} on ${companies.id} = known.company_id
    join ${tenants} on ${tenants.name} = ${companies.tenant} and ${tenants.state} = 'ready'`)
  return new Set(rows.filter(({ role }) => allows(role, permission)).map(({ n }) => entries[n - 1] as Entry))
}
