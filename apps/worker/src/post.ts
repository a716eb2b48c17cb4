import type { Seal } from '@spintrack/domain/seal'
import { createTransport } from 'nodemailer'

/** A mail to be sent. */
export type Outgoing = { id: string; recipient: string; subject: string; text: string; html: string; createdAt: Date }

/** The way to the mail server. */
export type Post = {
  /** Opens what the outbox holds. */
  seal: Seal
  /** Hands a mail to the server. Throws MailNotSent, which says nothing of the mail. */
  send(mail: Outgoing): Promise<void>
}

/** `smtpUrl` is smtp://, with TLS where the server offers it, or smtps://; `from` an address, with or without a name. */
export type PostOptions = { smtpUrl: string; from: string; seal: Seal }

/** A way to a mail server. Connects for each mail. */
export function openPost({ smtpUrl, from, seal }: PostOptions): Post {
  const transport = createTransport({ url: smtpUrl, ...patience }, { from, ...nothingFromElsewhere })
  const domain = /@([^@\s>]+)>?\s*$/.exec(from)?.[1] ?? 'spintrack.invalid'
  return {
    seal,
    async send({ id, recipient, subject, text, html, createdAt }) {
      await transport
        .sendMail({
          // An object, since a text would be taken apart as a list of addresses.
          to: { name: '', address: recipient },
          messageId: `<${id}@${domain}>`,
          date: createdAt,
          // RFC 3834: no holiday notice should answer it.
          headers: { 'Auto-Submitted': 'auto-generated' },
          subject,
          text,
          html,
        })
        .catch(error => {
          throw new MailNotSent(error)
        })
    },
  }
}

/** The mail server did not take a mail. What it said is left out, as it quotes the recipient's address. */
export class MailNotSent extends Error {
  override name = 'MailNotSent'
  constructor({ code = 'unknown', responseCode }: { code?: string; responseCode?: number }) {
    super(
      responseCode === undefined
        ? `The mail server did not answer as it should (${code}). Is SMTP_URL right, and the server up?`
        : `The mail server refused the mail with ${responseCode} (${code}).`,
    )
  }
}

/** Milliseconds. Without them a server that says nothing would hold a job for ten minutes. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }

/** A mail is what we wrote: nodemailer would read files and addresses into it. */
const nothingFromElsewhere = { disableFileAccess: true, disableUrlAccess: true }
