import type { OutboxMailWhole, OutboxPage } from '@spintrack/contract/outbox'
import { newId } from '@spintrack/domain/ids'
import { mails } from '@spintrack/domain/mails'
import { createMailer, noteSent, postMail } from '@spintrack/domain/outbox'
import t from 'tap'
import { startApi } from './support/api.ts'

const publicUrl = 'http://localhost:3000'
const sessionSecrets = ['a secret of tests that is long enough']
const here = { host: 'localhost:3000' }

t.test(
  'where mail is shown, anybody reads it: the list, the text, and the HTML as a page that may do nothing',
  async t => {
    const api = await startApi(t, { showMail: true, publicUrl, sessionSecrets })
    const { control } = api.database.tenancy
    const mailer = createMailer({ publicUrl, sessionSecrets })
    const id = await postMail(control, mailer, { to: 'ada@example.com', mail: mails.test({ publicUrl }) })
    const tab = api.stranger().tab(here)
    const { body } = await tab.get<OutboxPage>('/outbox').expect(200)
    t.match(body, { items: [{ id, recipient: 'ada@example.com', sentAt: null }], nextCursor: null })
    t.match((await tab.get<OutboxMailWhole>(`/outbox/${id}`).expect(200)).body.text, `\n${publicUrl}\n`)
    const { text, headers } = await tab.get(`/outbox/${id}/html`).expect(200)
    t.match(text, `<a href="${publicUrl}"`)
    t.match(headers['content-security-policy'], /^default-src 'none';.*frame-ancestors 'self'; sandbox/)
    t.notMatch(headers['content-security-policy'], /script|allow-same-origin/)

    for (const host of ['rebound.example:3000', 'rebound.example', 'localhost.rebound.example']) {
      for (const path of ['/outbox', `/outbox/${id}`, `/outbox/${id}/html`]) {
        await tab.get(path, { host }).expect('not_found')
      }
    }
    await noteSent(control, id)
    t.equal((await tab.get<OutboxMailWhole>(`/outbox/${id}`).expect(200)).body.text, null)
    await tab.get(`/outbox/${id}/html`).expect('not_found')
    await tab.get(`/outbox/${newId()}`).expect('not_found')
  },
)

t.test('anywhere else these addresses do not exist', async () => {
  const api = await startApi(t)
  for (const path of ['/outbox', `/outbox/${newId()}`, `/outbox/${newId()}/html`]) {
    await api.stranger().tab(here).get(path).expect('not_found')
  }
})
