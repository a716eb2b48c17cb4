import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

/** A new secret to sign with: 256 random bits, as Standard Webhooks writes them. */
export function newWebhookSecret(): string {
  return prefix + randomBytes(32).toString('base64')
}

/** A message as its headers name it. */
export type Message = { id: string; sentAt: Date; payload: string }

/**
 * The headers of a message, signed with each of `secrets` (https://www.standardwebhooks.com): whoever knows one of them can
 * tell that it is ours, whole and not from long ago.
 */
export function signedHeaders({ id, sentAt, payload }: Message, secrets: readonly string[]): Record<string, string> {
  const timestamp = Math.floor(sentAt.getTime() / 1000)
  const signatures = secrets.map(secret => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${payload}`).digest('base64')}`
  })
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signatures.join(' ') }
}
