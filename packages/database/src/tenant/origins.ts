import { pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf } from '../columns.ts'

export const originKinds = ['member', 'spinner', 'spin'] as const

/** Where a row that was copied from another company came from. A second copy of the same row is not made. */
export const origins = pgTable(
  'origins',
  {
    /** The row here. */
    id: uuid().primaryKey(),
    kind: text().$type<(typeof originKinds)[number]>().notNull(),
    /** The company it was copied from, which may have gone since. */
    companyId: uuid('company_id').notNull(),
    /** The row there. */
    sourceId: uuid('source_id').notNull(),
    copiedAt: instant('copied_at').notNull().defaultNow(),
  },
  table => [
    unique('origins_source_key').on(table.kind, table.sourceId),
    oneOf('origins_kind_check', 'kind', originKinds),
  ],
)
