import { spinnerStatuses } from '@spintrack/contract/states'
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, oneOf } from '../columns.ts'
import { members } from './members.ts'

/** The assets. */
export const spinners = pgTable(
  'spinners',
  {
    id: uuid().primaryKey(),
    serialNumber: text('serial_number').notNull().unique('spinners_serial_number_key'),
    name: text().notNull(),
    model: text(),
    colour: text(),
    status: text().$type<(typeof spinnerStatuses)[number]>().notNull().default('active'),
    /** Who keeps it. */
    memberId: uuid('member_id').references(() => members.id),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    version: integer().notNull().default(1),
  },
  table => [
    oneOf('spinners_status_check', 'status', spinnerStatuses),
    index('spinners_member_index').on(table.memberId),
  ],
)
