import { createHash, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * What a token looks like: `spin_`, 30 random characters out of 62 (178 bits), and the CRC32 of both in six more. The
 * beginning lets a secret scanner find one; the checksum tells a mistyped one from a revoked one without a query.
 */
const start = 'spin_'
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const lengths = { random: 30, checksum: 6, shown: 4 }
const shape = new RegExp(`^${start}[0-9A-Za-z]{${lengths.random + lengths.checksum}}$`)

/** A new token. */
export function newToken(): string {
  const random = Array.from({ length: lengths.random }, () => alphabet[randomInt(alphabet.length)]).join('')
  return sealed(start + random)
}

/** Whether `text` can be a token. Says nothing of whether it is one that was given out. */
export function isToken(text: string): boolean {
  return shape.test(text) && sealed(text.slice(0, -lengths.checksum)) === text
}

/** What is stored of a token, so that a copy of the table lets nobody in: SHA-256 in hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** The characters by which its owner tells a token from others; too few to guess the rest. */
export function prefixOf(token: string): string {
  return token.slice(0, start.length + lengths.shown)
}

function sealed(text: string): string {
  let checksum = ''
  for (let rest = crc32(text); checksum.length < lengths.checksum; rest = Math.floor(rest / alphabet.length)) {
    checksum = alphabet[rest % alphabet.length] + checksum
  }
  return text + checksum
}
