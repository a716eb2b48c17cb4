import type { App } from '../types.ts'

/**
 * Remembers which methods each address has, as routes are registered, so that a wrong method can be told from a wrong
 * address. Fastify's router answers both alike.
 */
export function allowedMethods(app: App): (url: string) => string[] {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', route => {
    if (route.url.includes('*')) return
    const known = methods.get(route.url) ?? new Set()
    for (const method of [route.method].flat()) known.add(method)
    methods.set(route.url, known)
  })
  return url => {
    const path = url.split('?', 1)[0]?.split('/') ?? []
    for (const [pattern, known] of methods) {
      if (matches(pattern.split('/'), path)) return [...known].sort()
    }
    return []
  }
}

function matches(pattern: string[], path: string[]): boolean {
  return pattern.length === path.length && pattern.every((part, index) => part.startsWith(':') || part === path[index])
}
