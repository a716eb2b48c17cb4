import type pg from 'pg'
import { quoteIdentifier, quoteTenantName } from './names.ts'
import type { Blueprint } from './provision.ts'

/** A right that is missing; without a login it is the tenant's own role that lacks it, and without a table the schema's use. */
type Right = { login: string | null; table: string | null; privilege: string }

/** What tenants of a version lacked after their migrations, by that version. Asked of the first; the others had the same. */
export type Rights = Map<number, Right[]>

/**
 * Gives a tenant's role, and the reporting login, what the blueprint says and they do not have yet on the tables that
 * exist. `client` has the tenant's search path.
 *
 * Not simply given: a GRANT writes the table's row in the catalogue even when it changes nothing, and has every
 * connection read the table's description again.
 */
export async function grantMissing(client: pg.ClientBase, tenant: string, blueprint: Blueprint): Promise<void> {
  await grant(client, tenant, await missingRights(client, tenant, blueprint))
}

/** Gives rights that were found to be missing in this tenant or one like it. */
export async function grant(client: pg.ClientBase, tenant: string, rights: Right[]): Promise<void> {
  if (rights.length === 0) return
  const statement = ({ login, table, privilege }: Right) => {
    const object = table === null ? `schema ${quoteTenantName(tenant)}` : quoteIdentifier(table)
    return `grant ${privilege} on ${object} to ${quoteIdentifier(login ?? tenant)}`
  }
  await client.query(rights.map(statement).join(';\n'))
}

/** The rights of the blueprint that a tenant lacks on the tables it has. Takes as long as adding a column. */
export async function missingRights(client: pg.ClientBase, tenant: string, blueprint: Blueprint): Promise<Right[]> {
  const { grants, reportingLogin = null, reportingTables = [] } = blueprint
  const wanted: Right[] = [
    ...Object.entries(grants).flatMap(([table, rights]) =>
      rights.split(',').map(right => ({ login: null, table, privilege: right.trim() })),
    ),
    ...reportingTables.map(table => ({ login: reportingLogin, table, privilege: 'select' })),
  ]
  const { rows } = await client.query<Right>(
    `select login, "table", privilege from unnest($1::text[], $2::text[], $3::text[]) as wanted (login, "table", privilege)
     where not has_table_privilege(coalesce(login, $4), to_regclass(quote_ident("table")), privilege)
     union all
     select $5::text, null, 'usage' where not has_schema_privilege($5, $4, 'usage')`,
    [...(['login', 'table', 'privilege'] as const).map(key => wanted.map(right => right[key])), tenant, reportingLogin],
  )
  return rows
}
