import { exportStates } from '@spintrack/contract/states'
import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant, oneOf } from '../columns.ts'
import { members } from './members.ts'

/**
 * Archives of this company, made for its people by a job. They are kept here, so that PostgreSQL guards them like every
 * other row of the company and a purge takes them along.
 */
export const exports = pgTable(
  'exports',
  {
    id: uuid().primaryKey(),
    memberId: uuid('member_id')
      .notNull()
      .references(() => members.id),
    state: text().$type<(typeof exportStates)[number]>().notNull().default('waiting'),
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    /** Of the whole archive, in hex. */
    sha256: text(),
    /** What a person is told when it failed. */
    error: text(),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** From then on it cannot be downloaded, and soon it is gone. */
    expiresAt: instant('expires_at'),
  },
  table => [oneOf('exports_state_check', 'state', exportStates), index('exports_member_index').on(table.memberId)],
)

/** The bytes of an archive, in pieces that fit in memory. */
export const exportChunks = pgTable(
  'export_chunks',
  {
    exportId: uuid('export_id')
      .notNull()
      .references(() => exports.id, { onDelete: 'cascade' }),
    /** Counts from 0. */
    position: integer().notNull(),
    data: bytea().notNull(),
  },
  table => [primaryKey({ columns: [table.exportId, table.position] })],
)
