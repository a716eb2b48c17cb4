import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { isCommon } from './common-passwords.ts'

/** Whose password it is: what others know of a person is what they try first. */
export type Person = { email: string; name?: string }

const product = 'spintrack'
const { min, max } = limits.password

/** Why a password is refused, in the order that helps most. `message` follows "The password …". */
const refusals: { applies: (password: string, person: Person) => boolean; message: string }[] = [
  {
    applies: ({ length }) => length < min,
    message: `must have at least ${min} characters; a sentence is easiest to keep`,
  },
  { applies: ({ length }) => length > max, message: `must have at most ${max} characters` },
  { applies: isRepetition, message: 'repeats a few characters; choose something longer that does not repeat' },
  { applies: isSequence, message: 'follows the alphabet, the digits or the keyboard; choose several unrelated words' },
  { applies: namesProduct, message: 'contains the name of this product, which is tried first; choose unrelated words' },
  { applies: namesPerson, message: 'contains your name or e-mail address, which others know; choose unrelated words' },
  { applies: isCommon, message: 'is among those that are tried first everywhere; choose several unrelated words' },
]

/**
 * Throws `weak_password`, saying what to do, unless the password is 12 to 1,024 characters (UTF-16 code units) of any
 * kind that are not easy to guess. Spaces count, nothing is trimmed, and no mix of letters and digits is asked for: such
 * rules make passwords harder to keep, not harder to guess (NIST SP 800-63B, 5.1.1.2). `field` is what the body calls it.
 */
export function checkPassword(password: string, person: Person, field = 'password'): void {
  const refusal = refusals.find(({ applies }) => applies(password, person))
  if (!refusal) return
  throw new ProblemError('weak_password', `The password ${refusal.message}.`, {
    errors: [{ path: `/body/${field}`, message: refusal.message }],
  })
}

/** A short password written twice is still a short one, and four different characters are hardly any. */
function isRepetition(password: string): boolean {
  const text = password.toLowerCase()
  if (new Set(text).size < 5) return true
  const longestUnit = Math.min(min - 1, Math.floor(text.length / 2))
  for (let unit = 1; unit <= longestUnit; unit++) {
    if (text.slice(unit) === text.slice(0, -unit)) return true
  }
  return false
}

// What fingers follow without thinking: alphabet, digits, the rows of four keyboards, the slanted columns, the zigzag.
const forwards = `
  abcdefghijklmnopqrstuvwxyz 012345678901234567890
  qwertyuiop[] asdfghjkl;' zxcvbnm,./ qwertzuiop yxcvbnm azertyuiop qsdfghjklm wxcvbn йцукенгшщзхъ фывапролджэ ячсмитьбю
  1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm 8ik, 9ol. 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0`
const tracks = forwards + [...forwards].reverse().join('')

/** Whether the password is made of runs along those tracks, three characters long on average. */
function isSequence(password: string): boolean {
  const text = password.toLowerCase()
  let runs = 0
  for (let at = 0; at < text.length; at += runLength(text, at)) runs++
  return runs * 3 <= text.length
}

function runLength(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && tracks.includes(text.slice(start, end + 1))) end++
  return end - start
}

function namesProduct(password: string): boolean {
  return bare(password).includes(product)
}

/** Parts of an address under four characters, and names under eight, are found in other words by chance. */
function namesPerson(password: string, { email, name = '' }: Person): boolean {
  const local = email.slice(0, email.lastIndexOf('@'))
  const known = [local, local.replace(/\+.*/, '')].map(bare).filter(part => part.length >= 4)
  if (bare(name).length >= 8) known.push(bare(name))
  return password.toLowerCase().includes(email.toLowerCase()) || known.some(part => bare(password).includes(part))
}

/** Letters and digits alone, so that `Ada.Lovelace` and `ada lovelace` are one. */
function bare(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '')
}
