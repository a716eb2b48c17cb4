/** Runs SQL and gives its rows, as the `query` of a client or a pool does. */
export type CatalogueQuery = (text: string, values: unknown[]) => Promise<{ rows: Entry[] }>

/**
 * One thing that the catalogue says of a schema. `value` is the whole of it, in PostgreSQL's own words; the name of the
 * tenant is out of all texts, so that the same entry of two tenants reads the same.
 */
export type Entry = {
  tenant: string
  /** What it is and how it is called: `column members.name`. */
  object: string
  value: string
  /** The object that it is a part of, and goes with. */
  within: string | null
  /** SQL that makes it where it is missing, or removes it where it is too much; null where that is nobody's to decide but a person's. */
  make: string | null
  unmake: string | null
}

/** By tenant, then by object. */
export type Descriptions = Map<string, Map<string, Entry>>

/** Stands for the tenant's name in the texts of an entry. */
export const ownName = '{tenant}'

/**
 * Describes many schemas in one query: tables, columns, defaults, constraints, indexes, owners and rights, and whatever
 * else is found in them. Needs no more than any login may read. A schema that does not exist has no entry at all.
 */
export async function describeSchemas(query: CatalogueQuery, names: readonly string[]): Promise<Descriptions> {
  const { rows } = await query(everything, [names])
  const descriptions: Descriptions = new Map()
  for (const entry of rows) {
    const description = descriptions.get(entry.tenant) ?? new Map<string, Entry>()
    descriptions.set(entry.tenant, description.set(entry.object, entry))
  }
  return descriptions
}

/** Each part selects: tenant, kind, object, value, within, make, unmake. `own` are the schemas, `tables` their tables. */
const parts = {
  schemas: `
    select name, 'schema', '', 'present', null, null, null from own`,
  tables: `
    select name, 'table', "table",
      concat_ws(', ', case relkind when 'p' then 'partitioned' else 'ordinary' end, case relpersistence when 'u' then 'unlogged' end,
        case when relrowsecurity then 'row security' end, case when relforcerowsecurity then 'forced row security' end,
        array_to_string(reloptions, ', ')),
      'schema', null, null
    from tables`,
  owners: `
    select name, 'owner of schema', '', owner, 'schema', format('alter schema %I owner to %I', name, owner), null from own
    union all
    select name, 'owner of', "table", tables.owner, 'table ' || "table", format('alter table %I owner to %I', "table", tables.owner), null
    from tables`,
  columns: `
    select name, 'column', format('%s.%s', "table", attname),
      concat_ws(' ', format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
        case when attcollation <> typcollation then 'collate ' || attcollation::regcollation::text end,
        case attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end,
        case attgenerated when 's' then 'generated stored' when 'v' then 'generated virtual' end),
      'table ' || "table", null, null
    from tables join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
    join pg_type on pg_type.oid = atttypid`,
  defaults: `
    select name, 'default', format('%s.%s', "table", attname), pg_get_expr(adbin, adrelid),
      format('column %s.%s', "table", attname),
      case when attgenerated = '' then format('alter table %I alter column %I set default %s', "table", attname, pg_get_expr(adbin, adrelid)) end,
      null
    from tables join pg_attrdef on adrelid = tables.oid join pg_attribute on attrelid = adrelid and attnum = adnum`,
  // NOT NULL is the column's business here: PostgreSQL 18 made constraints of it, under names that depend on how it came.
  constraints: `
    select name, 'constraint', format('%s.%s', "table", conname), pg_get_constraintdef(c.oid), 'table ' || "table", null, null
    from tables join pg_constraint c on conrelid = tables.oid and contype <> 'n'`,
  indexes: `
    select name, 'index', i.relname, pg_get_indexdef(indexrelid) || case when indisvalid then '' else ' (invalid)' end,
      'table ' || "table", pg_get_indexdef(indexrelid), null
    from tables join pg_index on indrelid = tables.oid join pg_class i on i.oid = indexrelid
    where not exists (select from pg_constraint where conindid = indexrelid and conrelid = indrelid)`,
  rights: `
    select name, 'right', format('%s on %s to %s%s', what, coalesce("table", 'schema'), grantee, option), 'granted', within,
      format('grant %s on %s to %s%s', what, target, grantee, option),
      format('revoke %s on %s from %s', what, target, grantee)
    from (
      select name, null as "table", privilege_type as what, 'schema ' || quote_ident(name) as target, 'schema' as within,
        nspowner as owned_by, grantee as to_whom, is_grantable from own, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
      union all
      select name, "table", privilege_type, 'table ' || quote_ident("table"), 'table ' || "table",
        relowner, grantee, is_grantable from tables, aclexplode(coalesce(relacl, acldefault('r', relowner)))
      union all
      select name, "table", format('%s (%I)', privilege_type, attname), 'table ' || quote_ident("table"), format('column %s.%s', "table", attname),
        relowner, grantee, is_grantable from tables join pg_attribute on attrelid = tables.oid and not attisdropped, aclexplode(attacl)
    ) as acls, lateral (select case to_whom when 0 then 'public' else quote_ident(pg_get_userbyid(to_whom)) end as grantee,
      case when is_grantable then ' with grant option' else '' end as option) as words
    where to_whom <> owned_by`,
  triggers: `
    select name, 'trigger', format('%s.%s', "table", tgname), pg_get_triggerdef(t.oid), 'table ' || "table", null, null
    from tables join pg_trigger t on tgrelid = tables.oid and not tgisinternal`,
  policies: `
    select name, 'policy', format('%s.%s', "table", polname), concat_ws(' ', polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)),
      'table ' || "table", null, null
    from tables join pg_policy on polrelid = tables.oid`,
  rules: `
    select name, 'rule', format('%s.%s', "table", rulename), pg_get_ruledef(r.oid), 'table ' || "table", null, null
    from tables join pg_rewrite r on ev_class = tables.oid`,
  otherRelations: `
    select name, case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'type' end,
      relname, case when relkind in ('v', 'm') then pg_get_viewdef(c.oid) else 'present' end, 'schema', null, null
    from own join pg_class c on relnamespace = own.oid and relkind in ('v', 'm', 'S', 'f', 'c')`,
  functions: `
    select name, 'function', format('%s(%s)', proname, pg_get_function_identity_arguments(p.oid)), prosrc, 'schema', null, null
    from own join pg_proc p on pronamespace = own.oid`,
  types: `
    select name, 'type', typname, typtype::text, 'schema', null, null
    from own join pg_type on typnamespace = own.oid and typtype in ('e', 'd', 'r')`,
  defaultRights: `
    select name, 'default rights of', format('%s for %s', defaclrole::regrole, defaclobjtype), defaclacl::text, 'schema', null, null
    from own join pg_default_acl on defaclnamespace = own.oid`,
} as const

const neutral = (column: string) => `replace(replace(${column}, tenant || '.', ''), tenant, '${ownName}') as ${column}`

const everything = `
  with own as (
    select oid, nspname::text as name, nspowner, nspacl, pg_get_userbyid(nspowner) as owner from pg_namespace where nspname = any($1)
  ), tables as (
    select c.*, name, relname::text as "table", pg_get_userbyid(relowner) as owner
    from own join pg_class c on relnamespace = own.oid and relkind in ('r', 'p')
  ), entries (tenant, kind, object, value, within, make, unmake) as (${Object.values(parts).join('\n    union all')}
  )
  select tenant, rtrim(kind || ' ' || replace(object, tenant, '${ownName}')) as object, ${neutral('value')}, within, ${neutral('make')}, ${neutral('unmake')}
  from entries`
