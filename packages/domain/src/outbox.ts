import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { outbox } from '@spintrack/database/public/outbox'
import type { ControlDb } from '@spintrack/tenancy/handles'
import { and, desc, eq, isNotNull, lt, sql } from 'drizzle-orm'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'
import { addMailJob } from './jobs.ts'
import { type Mail, type RenderedMail, renderMail } from './mail-layout.ts'
import { createSeal, type Seal } from './seal.ts'

/** What writing a mail takes: where its links lead, and what hides it from who can read the database alone. */
export type Mailer = { readonly publicUrl: string; readonly seal: Seal }

/** `publicUrl` is the installation's own setting: no link is ever built from what a request says of itself. */
export function createMailer({ publicUrl, sessionSecrets }: { publicUrl: string; sessionSecrets: string[] }): Mailer {
  return { publicUrl, seal: createSeal(sessionSecrets) }
}

/** The whole address of a page of the web, for a mail or to be passed on. `path` begins with a slash. */
export function linkTo({ publicUrl }: Mailer, path: string): string {
  return new URL(path, publicUrl).href
}

/** Whom a mail is for, and the company that it tells of, if it does. */
export type Letter = { to: string; mail: Mail; companyId?: string }

/** Writes a mail, and adds the job that sends it. Over a transaction both are there once that commits, and never if it does not. */
export async function postMail(db: ControlDb, { seal }: Mailer, { to, mail, companyId }: Letter): Promise<string> {
  const id = newId()
  const { subject, ...body } = renderMail(mail)
  await db.insert(outbox).values({ id, companyId, recipient: to, subject, body: seal.close(JSON.stringify(body)) })
  await addMailJob(db, id)
  return id
}

/** A mail without what it says. */
export type MailSummary = { id: string; recipient: string; subject: string; createdAt: Date; sentAt: Date | null }

/** Mail, newest first: sent, waiting, and kept where no mail server is set. */
export async function listMail(
  db: ControlDb,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const rows = await db
    .select(summaryColumns)
    .from(outbox)
    .where(cursor ? lt(outbox.id, decodeCursor(cursor).id) : undefined)
    .orderBy(desc(outbox.id))
    .limit(limit + 1)
  return page(
    rows,
    limit,
    row => row,
    row => ({ key: 0, id: row.id }),
  )
}

/** One mail; `body` is null once it was sent. Throws `not_found`, and an error when its secret is not among the seal's. */
export async function readMail(
  db: ControlDb,
  seal: Seal,
  id: string,
): Promise<MailSummary & { body: Omit<RenderedMail, 'subject'> | null }> {
  const [row] = await db
    .select({ ...summaryColumns, body: outbox.body })
    .from(outbox)
    .where(eq(outbox.id, id))
  if (!row) throw new ProblemError('not_found', 'There is no such mail.')
  return { ...row, body: row.body === null ? null : JSON.parse(seal.open(row.body)) }
}

/** Notes that a mail was sent. Nothing that it said is kept. */
export async function noteSent(db: ControlDb, id: string): Promise<void> {
  await db
    .update(outbox)
    .set({ sentAt: sql`now()`, body: null })
    .where(and(eq(outbox.id, id), isNotNull(outbox.body)))
}

/** Deletes mail that nobody will look for any more. */
export async function forgetMail(db: ControlDb): Promise<void> {
  await db.delete(outbox).where(lt(outbox.createdAt, sql`now() - make_interval(days => ${limits.days.mail})`))
}

const summaryColumns = {
  id: outbox.id,
  recipient: outbox.recipient,
  subject: outbox.subject,
  createdAt: outbox.createdAt,
  sentAt: outbox.sentAt,
}
