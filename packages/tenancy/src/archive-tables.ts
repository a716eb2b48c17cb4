import type pg from 'pg'
import type { Form } from './archive-json.ts'

/** A table as the catalogue has it, with the columns that hold something of their own. */
export type CatalogueTable = {
  name: string
  columns: { name: string; form: Form }[]
  /** The tables it refers to. */
  refersTo: string[]
}

/**
 * The tables of a schema, in an order in which they can be filled: what others refer to comes first, and by name where
 * that leaves a choice. Those that refer to each other in a circle need constraints that can be deferred.
 */
export async function tablesOf(
  query: <R extends pg.QueryResultRow>(text: string, values: unknown[]) => Promise<R[]>,
  schema: string,
): Promise<CatalogueTable[]> {
  const waiting = await query<CatalogueTable>(catalogue, [schema])
  const ordered: CatalogueTable[] = []
  while (waiting.length > 0) {
    const free = waiting.findIndex(table => !table.refersTo.some(name => waiting.some(other => other.name === name)))
    ordered.push(...waiting.splice(Math.max(free, 0), 1))
  }
  return ordered
}

/** bigint is a text like most types: in JSON a number has no more than 53 bits for many readers. */
const catalogue = `
  select relname as name,
    (select jsonb_agg(jsonb_build_object('name', attname, 'form',
       case when atttypid in ('int2'::regtype, 'int4'::regtype) then 'number'
            when atttypid = 'bool'::regtype then 'boolean' else 'text' end) order by attnum)
     from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') as columns,
    array(select distinct f.relname::text from pg_constraint join pg_class f on f.oid = confrelid
          where conrelid = c.oid and contype = 'f' and f.oid <> c.oid) as "refersTo"
  from pg_class c where relnamespace = quote_ident($1)::regnamespace and relkind in ('r', 'p') and not relispartition
  order by relname`
