import { limits } from '@spintrack/contract/limits'
import { mails } from '@spintrack/domain/mails'
import { createMailer, listMail, type MailSummary, postMail, readMail } from '@spintrack/domain/outbox'
import { createSeal } from '@spintrack/domain/seal'
import { Command } from 'commander'
import { withControl } from '../control.ts'
import { CommandError } from '../errors.ts'
import { wholeNumber } from '../options.ts'
import { print, table } from '../output.ts'
import { readSettings } from '../settings.ts'

/** `spintrack mail`: what the product wrote to people. */
export function mailCommand(): Command {
  const mail = new Command('mail').description(
    'mail to people: kept where SMTP_URL is not set, else sent by the worker',
  )
  mail
    .command('list')
    .description(`mail of the last ${limits.days.mail} days, newest first`)
    .option('--limit <number>', 'so many at most', wholeNumber(1, 1000), 50)
    .action(({ limit }: { limit: number }) =>
      withControl(async ({ database }) => {
        const { items } = await listMail(database.tenancy.control, { limit })
        print(items.length === 0 ? 'There is no mail.\n' : describe(items))
      }),
    )
  mail
    .command('show')
    .description('one mail, as text; one that was sent is not kept')
    .argument('<id>', 'as list shows it')
    .option('--html', 'the other form of it')
    .action((id: string, { html }: { html?: boolean }) =>
      withControl(async ({ installation, database }) => {
        const seal = createSeal(installation.sessionSecrets)
        const found = await readMail(database.tenancy.control, seal, id).catch(error => {
          throw new CommandError((error as Error).message)
        })
        if (!found.body)
          throw new CommandError(`It was sent ${found.sentAt?.toISOString()}, and nothing of it is kept.`)
        print(html ? found.body.html : `To: ${found.recipient}\nSubject: ${found.subject}\n\n${found.body.text}`)
      }),
    )
  mail
    .command('test')
    .description('write a mail to see that it arrives; jobs list says when it could not be sent')
    .argument('<address>', 'whom to write to')
    .action((to: string) =>
      withControl(async ({ installation, database }) => {
        const { publicUrl, smtpUrl } = readSettings()
        const mailer = createMailer({ publicUrl, sessionSecrets: installation.sessionSecrets })
        const id = await database.tenancy.transaction(db =>
          postMail(db, mailer, { to, mail: mails.test({ publicUrl }) }),
        )
        print(
          smtpUrl
            ? `The worker sends it to ${to}.\n`
            : `SMTP_URL is not set, so it is kept: spintrack mail show ${id}\n`,
        )
      }),
    )
  return mail
}

function describe(mail: MailSummary[]): string {
  return table(
    ['ID', 'WRITTEN', 'SENT', 'TO', 'SUBJECT'],
    mail.map(({ id, createdAt, sentAt, recipient, subject }) => [
      id,
      createdAt.toISOString(),
      sentAt?.toISOString() ?? '',
      recipient,
      subject,
    ]),
  )
}
