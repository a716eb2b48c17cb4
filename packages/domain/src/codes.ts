import { randomInt, timingSafeEqual } from 'node:crypto'

/** Digits and capitals, less those that are taken for another. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 8

/** A code to be typed from a mail, such as `7KQ2-M9XB`: one of 656 thousand million, of which a few may be tried. */
export function newCode(): string {
  const letters = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
  return `${letters.slice(0, length / 2)}-${letters.slice(length / 2)}`
}

/** Whether somebody typed the code; case, spaces and hyphens do not count. */
export function isCode(typed: string, code: string): boolean {
  const [one, other] = [typed, code].map(text => Buffer.from(text.replace(/[\s-]/g, '').toUpperCase()))
  return one !== undefined && other !== undefined && one.length === other.length && timingSafeEqual(one, other)
}
