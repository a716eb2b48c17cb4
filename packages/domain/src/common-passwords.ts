import { dictionary } from '@zxcvbn-ts/language-common'

/** Passwords from breaches, in lower case, the most common first; why this list: docs/decisions. */
const common = new Set(dictionary['passwords-common'])

/** A shorter piece is found in passwords that nobody guesses, by chance. */
const shortestPiece = 4

// What people write for a letter when a form asks for a digit or a sign.
const disguises: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/**
 * Whether whoever guesses begins with this password: it is on the list, or one or two of the list make all of it but the
 * digits and signs around them (`Password1234!`, `iloveyoubaby`, `P@ssw0rd-2024`). Case does not count. Of the list itself
 * only a few hundred are long enough to be asked for here; people lengthen a short one in just these ways.
 */
export function isCommon(password: string): boolean {
  const lower = password.toLowerCase()
  const core = withoutEnds(lower)
  return [lower, core, undisguise(core)].some(isMadeOfCommon)
}

function isMadeOfCommon(text: string): boolean {
  if (common.has(text)) return true
  for (let cut = shortestPiece; cut <= text.length - shortestPiece; cut++) {
    if (common.has(text.slice(0, cut)) && common.has(withoutEnds(text.slice(cut)))) return true
  }
  return false
}

function withoutEnds(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
}

function undisguise(text: string): string {
  return text.replace(/[013457@$!]/g, sign => disguises[sign] ?? sign)
}
