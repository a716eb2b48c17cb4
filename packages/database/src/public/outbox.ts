import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'
import { companies } from './companies.ts'

/** Mail, written in the transaction that causes it. A job sends it; without a mail server it is kept for people to read. */
export const outbox = pgTable(
  'outbox',
  {
    id: uuid().primaryKey(),
    /** The company it tells of, which takes it along when it goes. */
    companyId: uuid('company_id').references(() => companies.id, { onDelete: 'cascade' }),
    recipient: text().notNull(),
    subject: text().notNull(),
    /** What it says, sealed, as its links let people in. Null once it was sent. */
    body: text(),
    createdAt: instant('created_at').notNull().defaultNow(),
    sentAt: instant('sent_at'),
  },
  table => [index('outbox_company_index').on(table.companyId), index('outbox_recipient_index').on(table.recipient)],
)
