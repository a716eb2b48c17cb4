import { listJobs } from '@spintrack/database/jobs'
import { testDatabase } from '@spintrack/database/testing'
import { provision } from '@spintrack/tenancy/provision'
import t from 'tap'
import { createCompany } from '../src/companies.ts'
import { mails } from '../src/mails.ts'
import { createMailer, forgetMail, listMail, noteSent, postMail, readMail } from '../src/outbox.ts'
import { purgeCompany } from '../src/purges.ts'
import { addFounder } from './support/founder.ts'

const { tenancy, owner, blueprint } = await testDatabase(t)
const { control } = tenancy
const publicUrl = 'https://spintrack.example'
const mailer = createMailer({ publicUrl, sessionSecrets: ['a secret of tests that is long enough'] })
const letter = { to: 'ada@example.com', mail: mails.test({ publicUrl }) }

const mailJobs = async () => (await listJobs(owner)).filter(({ task }) => task === 'send_mail')

t.test('a mail and its job are there when the transaction commits, and neither when it does not', async t => {
  await t.rejects(
    tenancy.transaction(async db => {
      await postMail(db, mailer, letter)
      throw new Error('on second thoughts')
    }),
    /second thoughts/,
  )
  t.strictSame([(await listMail(control, {})).items, await mailJobs()], [[], []])
  const id = await tenancy.transaction(db => postMail(db, mailer, letter))
  t.match((await listMail(control, {})).items, [{ id, recipient: 'ada@example.com', sentAt: null }])
  t.match(await mailJobs(), [{ state: 'waiting', tenant: null }])
  const { rows } = await owner.query('select payload from graphile_worker._private_jobs')
  t.strictSame(rows, [{ payload: { mailId: id } }], 'a job holds nothing of what is said to whom')
})

t.test('the table does not show what a mail says, nor does it show anything once it was sent', async t => {
  const id = await postMail(control, mailer, letter)
  const row = async () => (await owner.query('select x::text as text from outbox x where id = $1', [id])).rows[0].text
  t.notMatch(await row(), publicUrl)
  const { body } = await readMail(control, mailer.seal, id)
  t.match(body?.text, `Open Spintrack:\n${publicUrl}\n`)
  t.match(body?.html, `href="${publicUrl}"`)
  const other = createMailer({ publicUrl, sessionSecrets: ['quite another secret of tests'] })
  await t.rejects(readMail(control, other.seal, id), /SESSION_SECRET/)
  await noteSent(control, id)
  const sent = await readMail(control, mailer.seal, id)
  t.equal(sent.body, null)
  t.ok(sent.sentAt)
  await noteSent(control, id)
  t.strictSame((await readMail(control, mailer.seal, id)).sentAt, sent.sentAt, 'a job run again changes nothing')
})

t.test('mail is listed page by page, newest first', async t => {
  const ids = []
  for (let n = 0; n < 3; n++) ids.unshift(await postMail(control, mailer, letter))
  const first = await listMail(control, { limit: 2 })
  t.strictSame(
    first.items.map(({ id }) => id),
    ids.slice(0, 2),
  )
  const second = await listMail(control, { limit: 1, cursor: String(first.nextCursor) })
  t.strictSame(
    second.items.map(({ id }) => id),
    ids.slice(2),
  )
})

t.test('old mail is forgotten, newer is kept', async t => {
  const [old, young] = [await postMail(control, mailer, letter), await postMail(control, mailer, letter)]
  await owner.query("update outbox set created_at = now() - interval '31 days' where id = $1", [old])
  await owner.query("update outbox set created_at = now() - interval '29 days' where id = $1", [young])
  await forgetMail(control)
  await t.rejects(readMail(control, mailer.seal, old), { code: 'not_found' })
  await t.resolves(readMail(control, mailer.seal, young))
})

t.test('mail that tells of a company goes with it', async t => {
  await provision(owner, blueprint)
  const company = await createCompany(tenancy, await addFounder(tenancy), { name: 'Gone' })
  const id = await postMail(control, mailer, { ...letter, companyId: company.id })
  const other = await postMail(control, mailer, letter)
  t.match(await purgeCompany({ owner, tenancy, blueprint }, company.id), { removed: { control: { mail: 1 } } })
  await t.rejects(readMail(control, mailer.seal, id), { code: 'not_found' })
  await t.resolves(readMail(control, mailer.seal, other))
})
