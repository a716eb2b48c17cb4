import { linkOptions } from '@tanstack/react-router'
import type { CompanySearch, SpinnersSearch, SpinsSearch } from './search.ts'

/**
 * Every address of the product. Use as `<Link {...paths.spinner('acme', id)}>` or `navigate(paths.spinner('acme', id))`;
 * the compiler holds each against the routes.
 */
export const paths = {
  home: () => linkOptions({ to: '/' }),
  signUp: (next?: string) => linkOptions({ to: '/signup', search: { next } }),
  logIn: (next?: string) => linkOptions({ to: '/login', search: { next } }),
  invite: (token: string) => linkOptions({ to: '/invite/$token', params: { token } }),
  mail: (id?: string) => linkOptions({ to: '/mail', search: { id } }),
  verify: (token: string) => linkOptions({ to: '/verify/$token', params: { token } }),
  reset: () => linkOptions({ to: '/reset' }),
  newPassword: (token: string) => linkOptions({ to: '/reset/$token', params: { token } }),
  account: () => linkOptions({ to: '/account' }),
  companies: () => linkOptions({ to: '/companies' }),
  newCompany: () => linkOptions({ to: '/companies/new' }),
  company: (slug: string, search: CompanySearch = {}) => linkOptions({ to: '/c/$slug', params: { slug }, search }),
  spinners: (slug: string, search: SpinnersSearch = {}) =>
    linkOptions({ to: '/c/$slug/spinners', params: { slug }, search }),
  spinner: (slug: string, id: string) => linkOptions({ to: '/c/$slug/spinners/$id', params: { slug, id } }),
  spins: (slug: string, search: SpinsSearch = {}) => linkOptions({ to: '/c/$slug/spins', params: { slug }, search }),
  members: (slug: string) => linkOptions({ to: '/c/$slug/members', params: { slug } }),
  tokens: (slug: string) => linkOptions({ to: '/c/$slug/tokens', params: { slug } }),
  webhooks: (slug: string) => linkOptions({ to: '/c/$slug/webhooks', params: { slug } }),
  settings: (slug: string, section?: SettingsSection) =>
    linkOptions({ to: '/c/$slug/settings', params: { slug }, ...(section && { hash: section }) }),
}

/** The parts of the settings, each with an address of its own. */
export const settingsSections = ['general', 'look', 'templates', 'export', 'deletion'] as const
export type SettingsSection = (typeof settingsSections)[number]

/**
 * Where to go after logging in: `next` when it is an address of this site, else nothing. `//host` and `/\host` start
 * with a slash and yet lead elsewhere.
 */
export function localPath(next: unknown): string | undefined {
  if (typeof next !== 'string' || !/^\/(?![/\\])/.test(next)) return undefined
  const url = new URL(next, 'http://here.invalid')
  return url.origin === 'http://here.invalid' ? url.pathname + url.search + url.hash : undefined
}
