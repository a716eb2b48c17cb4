import type pg from 'pg'
import type { Blueprint } from './provision.ts'

/**
 * Gives a tenant's role, and the reporting login, what the blueprint says and they do not have yet, on the tables that
 * exist. `client` has the tenant's search path.
 *
 * Asked first, since a GRANT writes the table's row in the catalogue even when it changes nothing, and has every
 * connection read the table's description again.
 */
export async function grantMissing(client: pg.ClientBase, tenant: string, blueprint: Blueprint): Promise<void> {
  const { grants, reportingLogin, reportingTables = [] } = blueprint
  const wanted = [
    ...Object.entries(grants).flatMap(([table, rights]) =>
      rights.split(',').map(right => ({ grantee: tenant, table, right: right.trim() })),
    ),
    ...reportingTables.map(table => ({ grantee: reportingLogin, table, right: 'select' })),
  ]
  const { rows } = await client.query<{ statement: string }>(
    `select format('grant usage on schema %I to %I', $4::text, $5::text) as statement
     where not has_schema_privilege($5, $4, 'usage')
     union all
     select format('grant %s on %I to %I', "right", "table", grantee)
     from unnest($1::text[], $2::text[], $3::text[]) as wanted (grantee, "table", "right")
     where not has_table_privilege(grantee, to_regclass(quote_ident("table")), "right")`,
    [...(['grantee', 'table', 'right'] as const).map(key => wanted.map(row => row[key])), tenant, reportingLogin],
  )
  if (rows.length > 0) await client.query(rows.map(({ statement }) => statement).join(';\n'))
}
