import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import type { Test } from 'tap'

export type Received = Email & { from: { address: string }; envelope: { from: string; to: string[] } }

export type MailServer = {
  url: string
  received: Received[]
  /** What it answers to a recipient; it takes the mail when this is undefined. */
  refusal: { code: number; text: string } | undefined
}

/** A real mail server that keeps what it is given, and wants a user and a password. */
export async function startMailServer(t: Test): Promise<MailServer> {
  const mailServer: MailServer = { url: '', received: [], refusal: undefined }
  const server = new SMTPServer({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === 'spintrack' && password === 'p@ss:word') done(null, { user: username })
      else done(new Error('wrong password'))
    },
    onRcptTo({ address }, _session, done) {
      const { refusal } = mailServer
      done(refusal && Object.assign(new Error(`${refusal.text} <${address}>`), { responseCode: refusal.code }))
    },
    onData(stream, { envelope }, done) {
      buffer(stream)
        .then(raw => PostalMime.parse(raw))
        .then(mail => {
          const from = envelope.mailFrom ? envelope.mailFrom.address : ''
          const to = envelope.rcptTo.map(({ address }) => address)
          mailServer.received.push({ ...mail, envelope: { from, to } } as Received)
          done()
        }, done)
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.teardown(() => new Promise<void>(resolve => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  mailServer.url = `smtp://spintrack:p%40ss%3Aword@127.0.0.1:${port}`
  return mailServer
}
