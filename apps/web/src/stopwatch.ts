import { useEffect, useState, useSyncExternalStore } from 'react'
import { forget, recall, remember } from './storage.ts'

/** A spin being timed. It belongs to the company it was started in, wherever the tab goes meanwhile. */
export type Running = {
  company: { id: string; slug: string; name: string }
  spinner: { id: string; name: string }
  startedAt: number
}

export function useStopwatch(): Running | null {
  return useSyncExternalStore(subscribe, () => running)
}

export function startStopwatch(company: Running['company'], spinner: Running['spinner']) {
  const { id, slug, name } = company
  keep({ company: { id, slug, name }, spinner: { id: spinner.id, name: spinner.name }, startedAt: Date.now() })
}

/** Stops and returns what was timed; null when nothing ran, which two quick presses can bring about. */
export function stopStopwatch(): (Running & { durationMs: number }) | null {
  const stopped = running
  keep(null)
  return stopped && { ...stopped, durationMs: Math.max(1, Date.now() - stopped.startedAt) }
}

export function forgetStopwatch() {
  keep(null)
}

/** Milliseconds since `startedAt`, ten times a second; 0 while it is null. */
export function useElapsed(startedAt: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (startedAt === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 100)
    return () => clearInterval(timer)
  }, [startedAt])
  return startedAt === null ? 0 : Math.max(0, now - startedAt)
}

// Kept for the tab, so that a reload by mistake does not lose a long spin.
const storageName = 'spintrack.stopwatch'
const listeners = new Set<() => void>()
let running: Running | null = JSON.parse(recall('sessionStorage', storageName) ?? 'null')

function keep(next: Running | null) {
  running = next
  if (next) remember('sessionStorage', storageName, JSON.stringify(next))
  else forget('sessionStorage', storageName)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
