import type { OutboxMailWhole, OutboxPage } from '@spintrack/contract/outbox'
import { queryOptions } from '@tanstack/react-query'

/** Mail kept by an installation that is tried; null where it is not shown. No route of the documented API, so no client knows it. */
export const outboxQuery = queryOptions({
  queryKey: ['outbox'],
  queryFn: async () => ((await read('')) as OutboxPage | null)?.items ?? null,
  // Whoever asks for a mail waits for it here.
  refetchInterval: 3_000,
})

export const outboxMailQuery = (id: string) =>
  queryOptions({
    queryKey: ['outbox', id],
    queryFn: async () => (await read(`/${id}`)) as OutboxMailWhole | null,
  })

/** The HTML of a mail, as a page that may do nothing. */
export function outboxHtmlAddress(id: string): string {
  return `/api/v1/outbox/${id}/html`
}

async function read(path: string): Promise<unknown> {
  const response = await fetch(`/api/v1/outbox${path}`)
  if (response.status === 404) return null
  if (!response.ok) throw new Error(`The outbox answered ${response.status}`)
  return response.json()
}
