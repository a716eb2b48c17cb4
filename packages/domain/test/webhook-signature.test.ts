import { Webhook } from 'standardwebhooks'
import t from 'tap'
import { newWebhookSecret, signedHeaders } from '../src/webhook-signature.ts'

const message = { id: '01935c3e-4d0a-7c1b-9f0e-0d7c5a3b1e10', sentAt: new Date(), payload: '{"type":"spin.created"}' }

t.test('whoever follows Standard Webhooks takes a message signed with their secret', async t => {
  const [now, before] = [newWebhookSecret(), newWebhookSecret()]
  t.match(now, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const headers = signedHeaders(message, [now, before])
  for (const secret of [now, before])
    t.strictSame(new Webhook(secret).verify(message.payload, headers), { type: 'spin.created' })
  t.equal(headers['webhook-id'], message.id)
})

t.test('another secret, another body, another id, another time and one of long ago do not pass', async t => {
  const secret = newWebhookSecret()
  const headers = signedHeaders(message, [secret])
  const refuses = (headers: Record<string, string>, what: string, body = message.payload, key = secret) =>
    t.throws(() => new Webhook(key).verify(body, headers), what)
  refuses(headers, 'secret', message.payload, newWebhookSecret())
  refuses(headers, 'body', '{"type":"spin.deleted"}')
  refuses({ ...headers, 'webhook-id': '01935c3e-4d0a-7c1b-9f0e-0d7c5a3b1e11' }, 'id')
  refuses({ ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }, 'time')
  refuses(signedHeaders({ ...message, sentAt: new Date(Date.now() - 10 * 60_000) }, [secret]), 'long ago')
})
