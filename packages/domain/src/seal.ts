import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Hides what the database must give back from whoever reads the database alone. */
export type Seal = {
  /** Encrypts `text`, otherwise each time. */
  close(text: string): string
  /** What was sealed. Throws for anything else, and for what no longer known secrets sealed. */
  open(sealed: string): string
}

const lengths = { key: 32, nonce: 12, tag: 16 }
const cipher = 'aes-256-gcm'

/** A seal under secrets of the installation, as strong as they are: the first closes, and each opens, so that they can be replaced. */
export function createSeal(secrets: string[]): Seal {
  const keys = secrets.map(secret => Buffer.from(hkdfSync('sha256', secret, '', 'spintrack seal', lengths.key)))
  return {
    close(text) {
      const nonce = randomBytes(lengths.nonce)
      const closing = createCipheriv(cipher, keys[0] as Buffer, nonce)
      return Buffer.concat([nonce, closing.update(text), closing.final(), closing.getAuthTag()]).toString('base64url')
    },

    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      for (const key of keys) {
        const text = unseal(key, bytes)
        if (text !== undefined) return text
      }
      throw new Error('Expected what one of the secrets in SESSION_SECRET sealed. Keep a replaced one there for a day.')
    },
  }
}

function unseal(key: Buffer, bytes: Buffer): string | undefined {
  const { nonce, tag } = lengths
  try {
    const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonce), { authTagLength: tag })
    opening.setAuthTag(bytes.subarray(-tag))
    return opening.update(bytes.subarray(nonce, -tag), undefined, 'utf8') + opening.final('utf8')
  } catch {
    // Another key's, or no seal at all: GCM does not tell them apart.
    return undefined
  }
}
