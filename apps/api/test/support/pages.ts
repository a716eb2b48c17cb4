import { equal, ok } from 'node:assert/strict'
import type { Visitor } from './visitor.ts'

export type Page<T> = { items: T[]; nextCursor: string | null }

/**
 * Every item of a list, page by page, through the Link header as a script would follow it. `between` runs after each page,
 * to change the list while it is being read.
 */
export async function everyPage<T>(
  someone: Visitor,
  path: string,
  between: () => Promise<unknown> = async () => undefined,
): Promise<T[]> {
  const items: T[] = []
  const limit = Number(new URL(path, 'http://x').searchParams.get('limit') ?? 50)
  let next: string | undefined = path
  while (next !== undefined) {
    const { body, headers }: { body: Page<T>; headers: Record<string, unknown> } = await someone
      .get<Page<T>>(next)
      .expect(200)
    ok(body.items.length <= limit, `at most ${limit} on a page`)
    items.push(...body.items)
    next = linked(headers.link)
    equal(body.nextCursor, next === undefined ? null : new URL(next, 'http://x').searchParams.get('cursor'))
    if (next !== undefined) {
      equal(body.items.length, limit, 'only the last page is short')
      equal(new URL(next, 'http://x').searchParams.get('limit'), new URL(path, 'http://x').searchParams.get('limit'))
    }
    await between()
  }
  return items
}

function linked(header: unknown): string | undefined {
  if (header === undefined) return undefined
  const [, url] = /^<([^>]+)>; rel="next"$/.exec(String(header)) ?? []
  ok(url, `expected a Link header with rel="next", got ${header}`)
  const { origin, pathname, search } = new URL(url)
  equal(origin, 'http://localhost:3000')
  return `${pathname}${search}`
}
