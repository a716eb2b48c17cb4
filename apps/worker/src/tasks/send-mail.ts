import { ProblemError } from '@spintrack/contract/problems'
import { noteSent, readMail } from '@spintrack/domain/outbox'
import type { Task } from '../task.ts'

/**
 * Sends a mail of the outbox. One that went before, or whose company is gone, needs nothing. Killed between sending and
 * noting it, the mail goes again: under the same Message-ID, by which most mailboxes know it.
 */
export const sendMail: Task<{ mailId: string }> = async ({ tenancy: { control }, post }, { mailId }) => {
  if (!post) return
  const mail = await readMail(control, post.seal, mailId).catch(unlessGone)
  if (!mail?.body) return
  await post.send({ ...mail, ...mail.body })
  await noteSent(control, mailId)
}

function unlessGone(error: unknown): undefined {
  if (error instanceof ProblemError && error.code === 'not_found') return
  throw error
}
