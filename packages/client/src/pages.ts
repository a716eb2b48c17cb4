import { type Answer, unwrap } from './problem.ts'

/** A page of any list. */
export type Page<Item> = { items: Item[]; nextCursor: string | null }

/**
 * Every item of a list, page after page, as they are asked for: `page` gets the cursor and calls the client with it. A
 * page that could not be had throws ApiProblem.
 */
export async function* paginate<Item>(
  page: (cursor: string | undefined) => Promise<Answer<Page<Item>>>,
): AsyncGenerator<Item, void, undefined> {
  let cursor: string | undefined
  do {
    const { items, nextCursor }: Page<Item> = await unwrap(page(cursor))
    yield* items
    cursor = nextCursor ?? undefined
  } while (cursor !== undefined)
}
