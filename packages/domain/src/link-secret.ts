import { createHash, randomBytes } from 'node:crypto'

/** A secret that a link ends with: 256 random bits that need no escaping in an address. */
export function newLinkSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of one, so that a copy of the table opens nothing: SHA-256 in hex. */
export function hashLinkSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
