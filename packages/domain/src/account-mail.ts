import { limits } from '@spintrack/contract/limits'
import { outbox } from '@spintrack/database/public/outbox'
import type { ControlTransaction } from '@spintrack/tenancy/handles'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Mail } from './mail-layout.ts'
import { type Mailer, postMail } from './outbox.ts'

/**
 * Writes to an address that a stranger may have entered: whether it has an account or not, so that nobody learns which, and
 * only some times an hour, so that nobody's mailbox is filled. Beyond that nothing is written, and nobody is told.
 */
export async function mailStranger(
  db: ControlTransaction,
  mailer: Mailer,
  to: string,
  write: () => Promise<Mail>,
): Promise<void> {
  // One at a time for each address, so that what is counted stays true.
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`mail to ${to}`}, 0))`)
  const lately = and(
    eq(outbox.recipient, to),
    isNull(outbox.companyId),
    gt(outbox.createdAt, sql`now() - interval '1 hour'`),
  )
  if ((await db.$count(outbox, lately)) >= limits.accountMailsPerHour) return
  await postMail(db, mailer, { to, mail: await write() })
}
