import { randomBytes } from 'node:crypto'
import { limits } from '@spintrack/contract/limits'
import { isId } from './ids.ts'

const suffixLength = 5

/** The part of a company's name that can stand in an address: lower-case Latin letters, digits and single hyphens. */
export function slugify(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, limits.slug.max)
    .replace(/^-+|-+$/g, '')
  // One shaped like an id could not be told from one in X-Company.
  return slug.length < limits.slug.min || isId(slug) ? 'company' : slug
}

/** Slugs to try for a company whose founder chose none: the name, then the name with a number, then with random letters. */
export function slugCandidates(name: string): string[] {
  const slug = slugify(name)
  const stem = slug.slice(0, limits.slug.max - suffixLength).replace(/-+$/, '')
  return [
    slug,
    `${stem}-2`,
    `${stem}-3`,
    ...Array.from({ length: 3 }, () => `${stem}-${randomBytes(2).toString('hex')}`),
  ]
}
