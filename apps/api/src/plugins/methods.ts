import type { App } from '../types.ts'

/** Which methods an address has. */
export type Methods = {
  /** Those of an address, or of the routes with a parameter that it fits; none when there are no such. */
  of(url: string): string[]
  /** Those of an address that is a route as it stands. */
  ofExactly(url: string): string[]
}

/**
 * Remembers which methods each address has, as routes are registered, so that a wrong method can be told from a wrong
 * address. Fastify's router answers both alike.
 */
export function rememberMethods(app: App): Methods {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', route => {
    if (route.url.includes('*')) return
    const known = methods.get(route.url) ?? new Set()
    for (const method of [route.method].flat()) known.add(method)
    methods.set(route.url, known)
  })
  const ofExactly = (url: string) => [...(methods.get(pathOf(url)) ?? [])].sort()
  return {
    ofExactly,
    of(url) {
      const exact = ofExactly(url)
      if (exact.length > 0) return exact
      const path = pathOf(url).split('/')
      const [, known = []] = [...methods].find(([pattern]) => matches(pattern.split('/'), path)) ?? []
      return [...known].sort()
    },
  }
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? ''
}

function matches(pattern: string[], path: string[]): boolean {
  return pattern.length === path.length && pattern.every((part, index) => part.startsWith(':') || part === path[index])
}
