import { createSpintrackClient } from '@spintrack/client/client'
import { type FollowedEvent, followEvents } from '@spintrack/client/events'
import { ApiProblem } from '@spintrack/client/problem'
import type { CompanySummary } from './api.ts'
import { refresh } from './queries.ts'
import { noticeLostAccess } from './query-client.ts'

type Company = Pick<CompanySummary, 'id' | 'slug'>
type Shown = 'spinners' | 'spins' | 'statistics'

/** Apart from the client of what people do: a stream that is refused asks nobody to log in. */
const client = createSpintrackClient()

/** What comes within so many milliseconds is read in one go. */
const gatherMs = 300

/**
 * Reads anew what the pages of a company show as others change it, while the tab can be seen: a browser has few connections
 * to one place, and a tab that is hidden needs none. Where events cannot be had, pages are as fresh as without. Returns
 * what ends it.
 */
export function keepFresh(company: Company): () => void {
  let position: string | undefined
  let following: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const changed = new Set<Shown>()

  const note = (event: FollowedEvent) => {
    position = event.position
    for (const name of shownBy(event)) changed.add(name)
    if (changed.size === 0) return
    timer ??= setTimeout(() => {
      timer = undefined
      void refresh(company, ...changed)
      changed.clear()
    }, gatherMs)
  }

  const follow = async (signal: AbortSignal) => {
    const after = position !== undefined && { after: position }
    try {
      for await (const event of followEvents(client, { company: company.id, signal, ...after })) note(event)
    } catch (error) {
      if (error instanceof ApiProblem) noticeLostAccess(error)
    }
  }

  const look = () => {
    following?.abort()
    following = undefined
    if (document.visibilityState === 'hidden') return
    following = new AbortController()
    void follow(following.signal)
  }

  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    document.removeEventListener('visibilitychange', look)
    following?.abort()
    clearTimeout(timer)
  }
}

/** What an event makes stale. */
function shownBy({ type }: FollowedEvent): Shown[] {
  if (type === 'events.begun') return []
  if (type.startsWith('spin.') || type.startsWith('spins.')) return ['spins', 'statistics']
  if (type.startsWith('spinner')) return ['spinners', 'statistics']
  return ['spinners', 'spins', 'statistics']
}
