import { randomBytes } from 'node:crypto'
import { limits } from '@spintrack/contract/limits'

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
  return slug.length < limits.slug.min ? 'company' : slug
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
