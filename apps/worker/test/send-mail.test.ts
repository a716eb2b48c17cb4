import { listJobs } from '@spintrack/database/jobs'
import { testDatabase } from '@spintrack/database/testing'
import { mails } from '@spintrack/domain/mails'
import { createMailer, postMail, readMail } from '@spintrack/domain/outbox'
import t, { type Test } from 'tap'
import { openPost } from '../src/post.ts'
import { sendMail } from '../src/tasks/send-mail.ts'
import { courier } from './support/courier.ts'
import { startMailServer } from './support/mail-server.ts'
import { until } from './support/until.ts'
import { withRunner } from './support/with-runner.ts'

const database = await testDatabase(t)
const { owner, tenancy } = database
const publicUrl = 'https://spintrack.example'
const mailer = createMailer({ publicUrl, sessionSecrets: ['a secret of tests that is long enough'] })
const from = 'Spintrack <no-reply@spintrack.example>'
const write = (to = 'ada@example.com') => postMail(tenancy.control, mailer, { to, mail: mails.test({ publicUrl }) })
const jobs = async () => (await listJobs(owner)).filter(({ task }) => task === 'send_mail')
const forgetJobs = (t: Test) => t.teardown(() => owner.query('delete from graphile_worker._private_jobs'))

t.test('mail goes to the mail server in both forms, once, and nothing of it is kept', async t => {
  const server = await startMailServer(t)
  const post = openPost({ smtpUrl: server.url, from, seal: mailer.seal })
  const id = await write("Ada.O'Hara+spin@example.com")
  await withRunner(t, database, () => until(async () => (await jobs()).length === 0), { post })
  const { body, sentAt } = await readMail(tenancy.control, mailer.seal, id)
  t.equal(body, null)
  t.ok(sentAt)
  t.equal(server.received.length, 1)
  const [mail] = server.received
  t.match(mail, {
    envelope: { from: 'no-reply@spintrack.example', to: ["Ada.O'Hara+spin@example.com"] },
    from: { name: 'Spintrack', address: 'no-reply@spintrack.example' },
    to: [{ address: "Ada.O'Hara+spin@example.com" }],
    subject: 'Mail from Spintrack arrives',
    messageId: `<${id}@spintrack.example>`,
    text: `Open Spintrack:\n${publicUrl}\n`,
    html: `<a href="${publicUrl}"`,
  })
  t.match(
    mail?.headers.find(({ key }) => key === 'auto-submitted'),
    { value: 'auto-generated' },
  )
  await sendMail({ ...database, courier, post }, { mailId: id })
  t.equal(server.received.length, 1, 'a job run again sends nothing again')
})

t.test('what the server refuses is tried again, and told without the address', async t => {
  forgetJobs(t)
  const server = await startMailServer(t)
  const post = openPost({ smtpUrl: server.url, from, seal: mailer.seal })
  server.refusal = { code: 451, text: 'greylisted, try later' }
  const id = await write()
  await withRunner(t, database, () => until(async () => (await jobs()).some(({ state }) => state === 'retrying')), {
    post,
  })
  const [job] = await jobs()
  t.match(job?.error, /^The mail server refused the mail with 451 \(EENVELOPE\)\.$/)
  t.ok((await readMail(tenancy.control, mailer.seal, id)).body, 'it is still there to be sent')
  server.refusal = undefined
  await owner.query('update graphile_worker._private_jobs set run_at = now()')
  await withRunner(t, database, () => until(async () => (await jobs()).length === 0), { post })
  t.match(server.received, [{ messageId: `<${id}@spintrack.example>` }])
})

t.test('a server that is not there, and a wrong password, are told as what they are', async t => {
  forgetJobs(t)
  const server = await startMailServer(t)
  const id = await write()
  const send = (smtpUrl: string) =>
    sendMail({ ...database, courier, post: openPost({ smtpUrl, from, seal: mailer.seal }) }, { mailId: id })
  await t.rejects(send('smtp://127.0.0.1:1'), /did not answer as it should \(ESOCKET\)\. Is SMTP_URL right/)
  await t.rejects(send(server.url.replace('word', 'wort')), /refused the mail with 535 \(EAUTH\)/)
  t.strictSame(server.received, [])
})

t.test('without a mail server it is kept; what is gone is no error', async t => {
  const id = await write()
  await withRunner(t, database, () => until(async () => (await jobs()).length === 0))
  t.match((await readMail(tenancy.control, mailer.seal, id)).body?.text, publicUrl)
  const server = await startMailServer(t)
  const post = openPost({ smtpUrl: server.url, from, seal: mailer.seal })
  await owner.query('delete from outbox where id = $1', [id])
  await t.resolves(sendMail({ ...database, courier, post }, { mailId: id }))
  t.strictSame(server.received, [])
})

t.test('mail sealed with a secret that is gone fails and says which setting that is', async t => {
  forgetJobs(t)
  const id = await write()
  const { seal } = createMailer({ publicUrl, sessionSecrets: ['another secret of tests altogether'] })
  const post = openPost({ smtpUrl: 'smtp://127.0.0.1:1', from, seal })
  await t.rejects(sendMail({ ...database, courier, post }, { mailId: id }), /SESSION_SECRET/)
})
